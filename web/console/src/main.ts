import { createApp } from 'vue'
import './styles/tokens.css'
import './styles/page.css'
import App from './App.vue'
import { whenLoggedOut } from './api'
import { recallLocale } from './i18n'
import { router } from './router'
import { sessionEnded } from './session'

whenLoggedOut(sessionEnded)
await recallLocale()
createApp(App).use(router).mount('#app')
