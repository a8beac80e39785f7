import './chat.css'
import './app'
import { toLang } from '../shared/format'
import { loadLanguage } from './i18n'

const lang = toLang(new URLSearchParams(location.search).get('lang') ?? navigator.language)
void loadLanguage(lang).then(() => document.body.append(document.createElement('hj-chat')))
