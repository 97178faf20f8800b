import java.util.*;
import java.util.concurrent.*;
import org.slf4j.*;
//SHIFT
public class Shop {
    static class StockException extends RuntimeException { StockException(String m, Throwable c) { super(m, c); } }
    static class Lock implements AutoCloseable { final String id; Lock(String id) { this.id = id; } public void close() throws Exception { throw new IllegalStateException("lock " + id + " was lost"); } }
    //SHIFT
    record Line(String sku, Integer amount) { int twice() { return amount * 2; } }
    static void reserve(String id, boolean deep) {
        try {
            //SHIFT
            Integer.parseInt(id + "-x");
        } catch (NumberFormatException e) {
            if (deep) throw new StockException("cannot reserve " + id, new java.io.IOException("warehouse of " + id + " unreadable", e));
            //SHIFT
            throw new StockException("cannot count " + id, e);
        }
    }
    static void guarded(String id) throws Exception {
        try (Lock l = new Lock(id)) {
            //SHIFT
            throw new java.io.IOException("writing " + id + " failed\nat sector 7");
        }
    }
    static int lambda(String id) { return List.of(new Line(id, null)).stream().mapToInt(Line::twice).sum(); }
    static void run(String what, String id) throws Exception {
        switch (what) {
            case "reserve" -> reserve(id, false);
            case "deep" -> reserve(id, true);
            //SHIFT
            case "guarded" -> guarded(id);
            case "lambda" -> lambda(id);
            case "future" -> CompletableFuture.supplyAsync(() -> { reserve(id, false); return 1; }).join();
            case "pool" -> { var p = Executors.newFixedThreadPool(1); try { p.submit(() -> { guarded(id); return 1; }).get(); } finally { p.shutdown(); } }
            case "cast" -> { Object o = id; Integer i = (Integer) o; }
            //SHIFT
            case "overflow" -> run(what, id);
            case "nomsg" -> throw new UnsupportedOperationException();
        }
    }
    public static void main(String[] a) throws Exception {
        if (a.length > 2 && a[2].equals("thread")) { Thread t = new Thread(() -> { try { run(a[0], a[1]); } catch (Exception e) { throw new RuntimeException(e); } }, "pool-1-thread-1"); t.start(); t.join(); return; }
        if (a.length > 2 && a[2].equals("jul")) { try { run(a[0], a[1]); } catch (Throwable e) { java.util.logging.Logger.getLogger("shop").log(java.util.logging.Level.SEVERE, "order " + a[1] + " broke", e); } return; }
        if (a.length > 2 && a[2].equals("log")) { try { run(a[0], a[1]); } catch (Throwable e) { LoggerFactory.getLogger(Shop.class).error("order {} broke", a[1], e); } return; }
        run(a[0], a[1]);
    }
}
