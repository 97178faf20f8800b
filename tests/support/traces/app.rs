//SHIFT
use std::env;

//SHIFT
#[inline(never)]
fn order(site: &str, id: &str) {
    if site == "a" {
        panic!("order {} not found", id);
    }
    //SHIFT
    panic!("order {} is locked", id);
}

#[inline(never)]
fn parse(site: &str, id: &str) {
    if site == "a" {
        panic!("cannot parse header of item {}", id);
    }
    //SHIFT
    panic!("cannot parse footer of item {}", id);
}

#[inline(never)]
fn connect(id: &str) -> Result<(), String> {
    Err(format!("connection to 10.0.0.{}:5432 refused", id.len()))
}

#[inline(never)]
fn save(site: &str, id: &str) {
    //SHIFT
    if site == "a" {
        connect(id).expect("could not load user");
    }
    connect(id).expect("could not save user");
}

#[inline(never)]
fn runtime(site: &str, id: &str) -> u8 {
    let values = id.as_bytes();
    if site == "a" {
        return values[id.len() + 2];
    }
    //SHIFT
    let more = id.len() + 3;
    1 + values[more]
}

#[inline(never)]
fn named(site: &str, id: &str) {
    //SHIFT
    if site == "a" {
        panic!("{}", id);
    }
    panic!("unknown tenant {}", id);
}

//SHIFT
fn main() {
    let args: Vec<String> = env::args().collect();
    match args[1].as_str() {
        "order" => order(&args[2], &args[3]),
        "parse" => parse(&args[2], &args[3]),
        "save" => save(&args[2], &args[3]),
        "runtime" => println!("{}", runtime(&args[2], &args[3])),
        _ => named(&args[2], &args[3]),
    }
}
