//! Says when the binary is to be built again: the console inside it has changed.

fn main() {
    println!("cargo:rerun-if-changed=../../dist");
}
