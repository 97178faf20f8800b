import asyncio, concurrent.futures, json, logging, multiprocessing, sys, threading
from dataclasses import dataclass
#SHIFT
class QuotaExceeded(Exception):
    def __init__(self, tenant, used):
        super().__init__(f"tenant {tenant} used {used} of 100")
        self.add_note(f"tenant: {tenant}\nplan: free")
#SHIFT
@dataclass
class Task:
    id: str
    def run(self, how):
        if how == "quota":
            #SHIFT
            raise QuotaExceeded(self.id, 120)
        if how == "key":
            return {}[self.id]
        #SHIFT
        if how == "div":
            return len(self.id) / (len(self.id) - len(self.id))
        try:
            return json.loads("{" + self.id)
        except ValueError as error:
            raise RuntimeError(f"task {self.id} has a bad body") from error
#SHIFT
async def fetch(id, how):
    await asyncio.sleep(0)
    return Task(id).run(how)
async def fan(id):
    async with asyncio.TaskGroup() as group:
        group.create_task(fetch(id, "key"))
        #SHIFT
        group.create_task(fetch(id, "quota"))
def nested(id):
    try:
        Task(id).run("key")
    except KeyError:
        #SHIFT
        open(f"/nonexistent/{id}")
def in_pool(id, how):
    return Task(id).run(how)
def flask_app(id, how):
    from flask import Flask
    app = Flask("shop")
    #SHIFT
    @app.get("/x")
    def view():
        return Task(id).run(how)
    app.test_client().get("/x")
#SHIFT
if __name__ == "__main__":
    how, id, mode = (sys.argv[1:] + [""])[:3]
    if mode == "log":
        logging.basicConfig(format="%(asctime)s %(name)s[%(process)d] %(levelname)s %(message)s")
        try:
            Task(id).run(how)
        except Exception:
            logging.getLogger("jobs").exception("job %s failed", id)
    elif mode == "thread":
        t = threading.Thread(target=in_pool, args=(id, how), name="worker-7"); t.start(); t.join()
    elif mode == "process":
        p = multiprocessing.Process(target=in_pool, args=(id, how)); p.start(); p.join()
    elif mode == "pool":
        with concurrent.futures.ProcessPoolExecutor(1) as pool:
            #SHIFT
            pool.submit(in_pool, id, how).result()
    elif mode == "async":
        asyncio.run(fetch(id, how))
    elif mode == "lost":
        async def lost():
            t = asyncio.get_running_loop().create_task(fetch(id, how)); await asyncio.sleep(0.05); del t
        asyncio.run(lost())
    elif mode == "flask":
        flask_app(id, how)
    elif how == "fan":
        asyncio.run(fan(id))
    elif how == "nested":
        nested(id)
    else:
        Task(id).run(how)
