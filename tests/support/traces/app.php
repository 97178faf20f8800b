<?php
//SHIFT
class StoreException extends Exception {}
//SHIFT
function order(string $site, string $id): void
{
    if ($site === 'a') {
        throw new DomainException("order $id not found");
    }
    //SHIFT
    throw new DomainException("order $id is locked");
}

function parse(string $site, string $id): void
{
    if ($site === 'a')
        throw new RuntimeException("cannot parse header of item $id");
    //SHIFT
    throw new RuntimeException("cannot parse footer of item $id");
}

function connect(string $id): void
{
    throw new RuntimeException('connection to 10.0.0.' . strlen($id) . ':5432 refused');
}

function save(string $site, string $id): void
{
    try {
        connect($id);
    } catch (RuntimeException $e) {
        //SHIFT
        if ($site === 'a')
            throw new StoreException("could not load user $id", 0, $e);
        throw new StoreException("could not save user $id", 0, $e);
    }
}

function runtime(string $site, string $id): int
{
    if ($site === 'a')
        return intdiv(strlen($id), 0);
    //SHIFT
    return 1 + intdiv(2, strlen(''));
}

function named(string $site, string $id): void
{
    //SHIFT
    if ($site === 'a')
        throw new LogicException($id);
    throw new LogicException("unknown tenant $id");
}
//SHIFT
function main(string $what, string $site, string $id): void
{
    $what($site, $id);
}
main($argv[1], $argv[2], $argv[3]);
