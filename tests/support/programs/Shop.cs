using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
//SHIFT
namespace Acme.Shop {
  public class StockException : Exception { public StockException(string m, Exception inner = null) : base(m, inner) {} }
  public class Warehouse<T> {
    readonly Dictionary<string, T> rows = new Dictionary<string, T>();
    public T Take(string id, string how) {
      //SHIFT
      if (how == "empty") throw new StockException("shelf " + id + " is empty");
      if (how == "locked") throw new StockException("shelf " + id + " is locked");
      //SHIFT
      if (how == "key") return rows[id];
      if (how == "null") { string s = null; return (T)(object)s.Length; }
      try { int.Parse(id + "x"); } catch (FormatException e) { throw new StockException("bad id " + id, e); }
      return default(T);
    }
    public async Task<T> TakeAsync(string id, string how) { await Task.Yield(); return Take(id, how); }
  }
  //SHIFT
  static class Program {
    static void Main(string[] a) {
      var w = new Warehouse<int>();
      string mode = a.Length > 2 ? a[2] : "";
      if (mode == "async") { w.TakeAsync(a[1], a[0]).Wait(); }
      else if (mode == "linq") { Console.Error.WriteLine("x: " + new[]{a[1]}.Select(x => w.Take(x, a[0])).Sum()); }
      else if (mode == "print") { try { w.Take(a[1], a[0]); } catch (Exception e) { Console.Error.WriteLine("fail: Acme.Shop.Worker[3]\n      Job " + a[1] + " failed\n" + "      " + e.ToString().Replace("\n", "\n      ")); } }
      //SHIFT
      else w.Take(a[1], a[0]);
    }
  }
}
