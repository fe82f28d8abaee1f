import { createRouter, createWebHistory } from 'vue-router';
import { known } from './auth.js';
import NotFound from './pages/NotFound.vue';
import Orders from './pages/Orders.vue';
import Profile from './pages/Profile.vue';

export const router = createRouter({
  history: createWebHistory(),
  routes: [
    { path: '/', component: Profile, meta: { requiresLogin: true } },
    { path: '/orders', component: Orders, meta: { requiresLogin: true } },
    { path: '/:path(.*)*', component: NotFound },
  ],
});

// What the page shows to whom is App.vue's business; here it only waits until that is known.
router.beforeEach(async (to) => {
  if (to.meta.requiresLogin) await known();
});
