// One adopted style sheet in the closed shadow root: it needs no 'unsafe-inline' in the host page's policy.
export const css = `
:host{all:initial;color-scheme:light dark;--accent:#1d5b5a;--on:#fff;--surface:#fff;--line:#dfe3dd;--shadow:0 20px 56px #1c24212e;--ink:#1c2421}
.launcher{position:fixed;z-index:2147483000;inset-inline-end:24px;bottom:24px;width:56px;height:56px;padding:0;border:0;border-radius:50%;
background:var(--accent);color:var(--on);cursor:pointer;box-shadow:0 8px 24px #1c242133;display:grid;place-items:center}
.launcher:focus-visible{outline:2px solid var(--accent);outline-offset:3px}
svg{width:28px;height:28px;fill:none;stroke:currentColor;stroke-width:2.2;stroke-linecap:round;stroke-linejoin:round;grid-area:1/1}
.down{display:none}.launcher.open .down{display:block}.launcher.open .mark{display:none}
.badge{position:absolute;top:-4px;inset-inline-end:-4px;box-sizing:border-box;min-width:22px;height:22px;padding:0 6px;border-radius:11px;
background:var(--ink);color:#fff;font:600 12px/22px -apple-system,BlinkMacSystemFont,"Segoe UI",Roboto,"PingFang SC","Noto Sans SC","Noto Sans CJK SC",sans-serif;text-align:center}
.badge[hidden],.panel[hidden]{display:none}
.panel{position:fixed;z-index:2147483000;inset-inline-end:24px;bottom:92px;width:390px;max-width:calc(100vw - 48px);height:min(680px,calc(100vh - 116px));
border-radius:20px;overflow:hidden;background:var(--surface);box-shadow:var(--shadow);outline:1px solid var(--line);animation:up 240ms cubic-bezier(.2,0,0,1)}
iframe{display:block;width:100%;height:100%;border:0;color-scheme:light dark}
@keyframes up{from{opacity:0;transform:translateY(12px)}}
@media (max-width:520px),(max-height:480px){
.panel{inset:var(--top,0) 0 auto;width:auto;max-width:none;height:100vh;height:100dvh;max-height:var(--seen,none);border-radius:0;outline:0}
.launcher.open{display:none}.launcher{inset-inline-end:16px;bottom:16px}}
@media (prefers-color-scheme:dark){:host{--accent:#86ccbf;--on:#0b2a27;--surface:#18201e;--line:#2c3633;--shadow:none;--ink:#e6ece9}.badge{color:#101514}}
@media (prefers-reduced-motion:reduce){.panel{animation:none}}
@media print{.launcher,.panel{display:none}}
`
