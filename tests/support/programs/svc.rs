use std::collections::HashMap;
use std::fmt;
//SHIFT
#[derive(Debug)]
#[allow(dead_code)]
enum AppError { Missing { id: String }, Io(std::io::Error) }
impl fmt::Display for AppError { fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result { write!(f, "app error {:?}", self) } }
impl std::error::Error for AppError {}
//SHIFT
mod store {
    use super::*;
    pub struct Store { pub rows: HashMap<String, u32> }
    impl Store {
        #[inline(never)]
        pub fn get(&self, id: &str, how: &str) -> u32 {
            match how {
                //SHIFT
                "expect" => *self.rows.get(id).expect(&format!("row {} must be there", id)),
                "unwrap" => *self.rows.get(id).unwrap(),
                "panic" => panic!("store of {} is broken", id),
                //SHIFT
                "index" => vec![1u32, 2][id.len() + 2],
                "divide" => 10 / (id.len() as u32 - id.len() as u32),
                "result" => Err::<u32, AppError>(AppError::Missing { id: id.to_string() }).unwrap(),
                "assert" => { assert_eq!(id, "x", "ids of {} differ", id); 1 }
                "multi" => panic!("bad row {}\n  field a\n  field b", id),
                _ => 0,
            }
        }
    }
}
//SHIFT
fn main() {
    let a: Vec<String> = std::env::args().collect();
    let s = store::Store { rows: HashMap::new() };
    let (how, id) = (a[1].clone(), a[2].clone());
    if a.len() > 3 && a[3] == "thread" {
        //SHIFT
        let r = std::thread::Builder::new().name("io worker".into()).spawn(move || s.get(&id, &how)).unwrap().join();
        std::process::exit(if r.is_err() { 3 } else { 0 });
    }
    println!("{}", s.get(&id, &how));
}
