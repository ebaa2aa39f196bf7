// The console's addresses. Pages are loaded when they are first opened.
import { ref } from 'vue'
import { createRouter, createWebHistory } from 'vue-router'
import { recall, user } from './session'

/** The address of a page whose code could not be fetched: no network, or a new release. */
export const lostPage = ref<string | null>(null)

export const router = createRouter({
  history: createWebHistory('/'),
  routes: [
    { path: '/login', name: 'login', component: () => import('./pages/LoginPage.vue') },
    {
      path: '/',
      component: () => import('./components/AppShell.vue'),
      children: [
        { path: '', redirect: '/calls' },
        {
          path: 'calls/:callId?',
          name: 'calls',
          component: () => import('./pages/CallsPage.vue'),
          props: true,
        },
        { path: 'floor', name: 'floor', component: () => import('./pages/FloorPage.vue') },
        { path: 'seats', name: 'seats', component: () => import('./pages/SeatsPage.vue') },
        {
          path: 'orders/:orderId?',
          name: 'orders',
          component: () => import('./pages/OrdersPage.vue'),
          props: true,
        },
        {
          path: 'recordings/:recordingId?',
          name: 'recordings',
          component: () => import('./pages/RecordingsPage.vue'),
          props: true,
        },
        {
          path: 'callbacks',
          name: 'callbacks',
          component: () => import('./pages/CallbacksPage.vue'),
        },
        {
          path: 'messages/:messageId?',
          name: 'messages',
          component: () => import('./pages/MessagesPage.vue'),
          props: true,
        },
        {
          path: 'rules/:kind?',
          name: 'rules',
          component: () => import('./pages/RulesPage.vue'),
          props: true,
        },
        {
          path: 'prompts/:code?',
          name: 'prompts',
          component: () => import('./pages/PromptsPage.vue'),
          props: true,
        },
        { path: 'quality', name: 'quality', component: () => import('./pages/QualityPage.vue') },
        { path: 'blocks', name: 'blocks', component: () => import('./pages/BlocksPage.vue') },
        { path: 'health', name: 'health', component: () => import('./pages/HealthPage.vue') },
        { path: ':rest(.*)*', name: 'missing', component: () => import('./pages/MissingPage.vue') },
      ],
    },
  ],
})

router.beforeEach(async (to) => {
  await recall()
  if (to.name === 'login') return user.value === null ? true : { name: 'calls' }
  if (user.value !== null) return true
  return { name: 'login', query: to.fullPath === '/calls' ? {} : { next: to.fullPath } }
})

router.onError((_, to) => {
  lostPage.value = to.fullPath
})
router.afterEach(() => {
  lostPage.value = null
})
