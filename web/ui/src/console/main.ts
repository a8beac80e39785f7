import { createApp } from 'vue'
import App from './App.vue'
import './console.css'

document.body.innerHTML = '<div id="app"></div>'
createApp(App).mount('#app')
