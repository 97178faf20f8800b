//SHIFT
const tenants = { base: { name: 'base' } };

class StoreError extends Error {
  constructor(message, options) { super(message, options); this.name = 'StoreError'; }
}
//SHIFT
function order(site, id) {
  if (site === 'a') {
    throw new Error(`order ${id} not found`);
  }
  //SHIFT
  throw new Error(`order ${id} is locked`);
}

function parse(site, id) {
  const item = { id };
  if (site === 'a') throw new TypeError(`cannot parse header of item ${item.id}`);
  //SHIFT
  throw new TypeError(`cannot parse footer of item ${item.id}`);
}

function connect(id) {
  throw new Error(`connection to 10.0.0.${id.length}:5432 refused`);
}

function save(site, id) {
  try {
    connect(id);
  } catch (error) {
    //SHIFT
    if (site === 'a') throw new StoreError(`could not load user ${id}`, { cause: error });
    throw new StoreError(`could not save user ${id}`, { cause: error });
  }
}

function runtime(site, id) {
  const tenant = tenants[id];
  if (site === 'a')
    return tenant.name;
  //SHIFT
  return tenant.address.city;
}

function named(site, id) {
  //SHIFT
  if (site === 'a') throw new Error(id);
  throw new Error(`unknown tenant ${id}`);
}
//SHIFT
function main(what, site, id) {
  ({ order, parse, save, runtime, named })[what](site, id);
}
main(...process.argv.slice(2));
