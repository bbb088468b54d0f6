import { gzipSync } from 'node:zlib'
import vue from '@vitejs/plugin-vue'
import { defineConfig, type Plugin } from 'vite'

/** Puts a .gz beside each text file, so that the server need not compress. */
function precompress(): Plugin {
  return {
    name: 'precompress',
    apply: 'build',
    generateBundle: {
      order: 'post', // when the code is as it is sent
      handler(_, bundle) {
        for (const [name, file] of Object.entries(bundle)) {
          if (!/\.(js|css|html|svg)$/.test(name)) continue
          const source = file.type === 'chunk' ? file.code : file.source
          this.emitFile({ type: 'asset', fileName: name + '.gz', source: gzipSync(source, { level: 9 }) })
        }
      },
    },
  }
}

export default defineConfig({
  plugins: [vue(), precompress()],
  build: {
    target: 'es2022',
    emptyOutDir: false,
    modulePreload: { polyfill: false },
    rollupOptions: { input: { index: 'index.html', docs: 'docs.html' } },
  },
})
