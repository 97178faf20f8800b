#SHIFT
import sys

TENANTS = {"base": {"name": "base"}}


class StoreError(Exception):
    pass


#SHIFT
def order(site, id):
    if site == "a":
        raise LookupError(f"order {id} not found")
    #SHIFT
    raise LookupError(f"order {id} is locked")


def parse(site, id):
    item = {"id": id}
    if site == "a":
        raise ValueError("cannot parse header of item " + item["id"])
    #SHIFT
    raise ValueError("cannot parse footer of item " + item["id"])


def connect(id):
    raise ConnectionError(f"connection to 10.0.0.{len(id)}:5432 refused")


def save(site, id):
    try:
        connect(id)
    except ConnectionError as error:
        #SHIFT
        if site == "a":
            raise StoreError(f"could not load user {id}") from error
        raise StoreError(f"could not save user {id}")


def runtime(site, id):
    tenants = dict(TENANTS)
    if site == "a":
        return tenants[id]["name"]
    #SHIFT
    return TENANTS[id]["address"]


def named(site, id):
    #SHIFT
    if site == "a":
        raise RuntimeError(id)
    raise RuntimeError(f"unknown tenant {id}")


#SHIFT
def main(what, site, id):
    {"order": order, "parse": parse, "save": save, "runtime": runtime, "named": named}[what](site, id)


main(*sys.argv[1:])
