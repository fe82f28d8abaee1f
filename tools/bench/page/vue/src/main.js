import { createApp } from 'vue';
import '../../../../../frontend/style.css';
import '../../shared/theme.js';
import App from './App.vue';
import { start } from './auth.js';
import { router } from './router.js';

// Before the router looks at the address, and before anything is rendered.
start();
createApp(App).use(router).mount('#app');
