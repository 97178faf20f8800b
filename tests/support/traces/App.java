//SHIFT
import java.util.Map;

public class App {
    static final Map<String, String> tenants = Map.of("base", "base");

    static class StoreException extends RuntimeException {
        StoreException(String message, Throwable cause) { super(message, cause); }
    }
    //SHIFT
    static void order(String site, String id) {
        if (site.equals("a")) {
            throw new IllegalStateException("order " + id + " not found");
        }
        //SHIFT
        throw new IllegalStateException("order " + id + " is locked");
    }

    static void parse(String site, String id) {
        if (site.equals("a"))
            throw new IllegalArgumentException("cannot parse header of item " + id);
        //SHIFT
        throw new IllegalArgumentException("cannot parse footer of item " + id);
    }

    static void connect(String id) throws java.io.IOException {
        throw new java.io.IOException("connection to 10.0.0." + id.length() + ":5432 refused");
    }

    static void save(String site, String id) {
        try {
            connect(id);
        } catch (java.io.IOException e) {
            //SHIFT
            if (site.equals("a"))
                throw new StoreException("could not load user " + id, e);
            throw new StoreException("could not save user " + id, e);
        }
    }

    static int runtime(String site, String id) {
        int[] values = new int[id.length()];
        if (site.equals("a"))
            return values[id.length() + 2];
        //SHIFT
        return values[id.length() + 3];
    }

    static void named(String site, String id) {
        //SHIFT
        if (site.equals("a"))
            throw new RuntimeException(id);
        throw new RuntimeException("unknown tenant " + id);
    }
    //SHIFT
    public static void main(String[] args) {
        switch (args[0]) {
        case "order": order(args[1], args[2]); break;
        case "parse": parse(args[1], args[2]); break;
        case "save": save(args[1], args[2]); break;
        case "runtime": runtime(args[1], args[2]); break;
        default: named(args[1], args[2]);
        }
    }
}
