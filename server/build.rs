//! A new migration must rebuild the macro that embeds them all.

fn main() {
    println!("cargo::rerun-if-changed=../migrations");
}
