'use strict';

const { createHash } = require('node:crypto');

/** Links by code, in memory. A code is derived from its address, so that one address has one code. */
class Store {
  constructor() {
    this.links = new Map();
  }

  add(address, label) {
    const url = new URL(address);
    if (url.protocol !== 'https:' && url.protocol !== 'http:') {
      throw new RangeError(`only web addresses can be shortened, not ${url.protocol}`);
    }
    const code = createHash('sha256').update(url.href).digest('base64url').slice(0, 7);
    this.links.set(code, { address: url.href, label, visits: 0 });
    return code;
  }

  visit(code) {
    const link = this.links.get(code);
    if (link) link.visits += 1;
    return link;
  }
}

module.exports = { Store };
