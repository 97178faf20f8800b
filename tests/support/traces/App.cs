//SHIFT
using System;

class StoreException : Exception
{
    public StoreException(string message, Exception cause) : base(message, cause) { }
}
//SHIFT
static class App
{
    static void Order(string site, string id)
    {
        if (site == "a")
            throw new InvalidOperationException("order " + id + " not found");
        //SHIFT
        throw new InvalidOperationException("order " + id + " is locked");
    }

    static void Parse(string site, string id)
    {
        if (site == "a")
            throw new FormatException("cannot parse header of item " + id);
        //SHIFT
        throw new FormatException("cannot parse footer of item " + id);
    }

    static void Connect(string id)
    {
        throw new System.IO.IOException("connection to 10.0.0." + id.Length + ":5432 refused");
    }

    static void Save(string site, string id)
    {
        try
        {
            Connect(id);
        }
        catch (System.IO.IOException e)
        {
            //SHIFT
            if (site == "a")
                throw new StoreException("could not load user " + id, e);
            throw new StoreException("could not save user " + id, e);
        }
    }

    static int Runtime(string site, string id)
    {
        var values = new int[id.Length];
        if (site == "a")
            return values[id.Length + 2];
        //SHIFT
        return 1 + values[id.Length + 3];
    }

    static void Named(string site, string id)
    {
        //SHIFT
        if (site == "a")
            throw new ApplicationException(id);
        throw new ApplicationException("unknown tenant " + id);
    }
    //SHIFT
    static void Main(string[] args)
    {
        switch (args[0])
        {
        case "order": Order(args[1], args[2]); break;
        case "parse": Parse(args[1], args[2]); break;
        case "save": Save(args[1], args[2]); break;
        case "runtime": Runtime(args[1], args[2]); break;
        default: Named(args[1], args[2]); break;
        }
    }
}
