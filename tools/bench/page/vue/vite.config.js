import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vite';

// The server that all pages share caches for ever what has so long a hash in its name.
const output = {
  hashCharacters: 'hex',
  entryFileNames: 'assets/[name]-[hash:16].js',
  assetFileNames: 'assets/[name]-[hash:16][extname]',
};

export default defineConfig({ plugins: [vue()], build: { rolldownOptions: { output } } });
