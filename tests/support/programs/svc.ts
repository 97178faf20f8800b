import { promises as fs } from 'node:fs';
//SHIFT
interface Item { id: string; price?: { amount: number } }
enum Kind { Order = 'order', Refund = 'refund' }
export class DomainError extends Error {
  constructor(message: string, readonly kind: Kind, options?: { cause?: unknown }) { super(message, options as never); this.name = new.target.name; }
}
//SHIFT
export class Repository<T extends Item> {
  private readonly items = new Map<string, T>();
  get(id: string): T {
    const found = this.items.get(id);
    //SHIFT
    if (!found && id.startsWith('r')) throw new DomainError(`refund ${id} does not exist`, Kind.Refund);
    if (!found) throw new DomainError(`item ${id} does not exist`, Kind.Order);
    return found;
  }
  async load(id: string): Promise<T> {
    try { return JSON.parse(await fs.readFile(`/nonexistent/${id}`, 'utf8')) as T; }
    catch (e) { throw new DomainError(`cannot load ${id}`, Kind.Order, { cause: e }); }
  }
  total(ids: string[]): number { return ids.map((id) => ({ id } as Item)).reduce((sum, item) => sum + item.price!.amount, 0); }
}
//SHIFT
async function main(what: string, id: string) {
  const repository = new Repository<Item>();
  switch (what) {
    case 'missing': repository.get(id); break;
    case 'refund': repository.get('r' + id); break;
    case 'load': await repository.load(id); break;
    case 'total': repository.total([id]); break;
    //SHIFT
    case 'deep': { const rec = (n: number): number => rec(n + 1) + 1; rec(0); break; }
  }
}
main(process.argv[2], process.argv[3]).catch((e) => { if (process.argv[4] === 'print') { console.error(e); } else { throw e; } });
