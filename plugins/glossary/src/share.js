import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';

/** What makes codes as `links` does; null where that package is not installed. */
export async function linksStore(load = () => import('links/lib/store.js')) {
  try {
    const { Store } = await load();
    return new Store();
  } catch (error) {
    if (error.code === 'ERR_MODULE_NOT_FOUND') return null;
    throw error;
  }
}

/** {word, address, code}: where a word stands on a site of words, and the code that redirects there. */
export function share(word, site, store) {
  const key = word.trim().toLowerCase();
  if (key === '') throw new RangeError('an empty word');
  const address = new URL(`#${encodeURIComponent(key)}`, site).href;
  return { word: key, address, code: store ? store.add(address, key) : null };
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  process.stdout.write(`${JSON.stringify(share(argv[2], argv[3], await linksStore()))}\n`);
}
