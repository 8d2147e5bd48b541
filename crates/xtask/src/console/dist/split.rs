//! The console's split-off files: the script that loads them goes into wasm-bindgen's glue, so that both are one request.

use std::path::Path;

use super::asset::Asset;
use crate::files;
use crate::run::{Failure, Result};

/// What `wasm-split-cli` names its script, and how the glue imports it.
const SCRIPT: &str = "__wasm_split.js";
const IMPORT: &str = "import * as ";
const LOADER: &str = "export const ";

/// The files that were split off, each with a hash in its name.
pub(crate) fn assets(staging: &Path) -> Result<Vec<(String, Asset)>> {
    let mut found = Vec::new();
    let entries = std::fs::read_dir(staging).map_err(|error| Failure::at(staging, error))?;
    for entry in entries {
        let name = entry.map_err(|error| Failure::at(staging, error))?.file_name().to_string_lossy().into_owned();
        if let Some(stem) =
            name.strip_suffix(".wasm").filter(|stem| stem.starts_with("split_") || stem.starts_with("chunk_"))
        {
            found.push((stem.to_owned(), Asset::new("part", "wasm", files::read(&staging.join(&name))?)));
        }
    }
    found.sort_by(|one, other| one.0.cmp(&other.0));
    Ok(found)
}

/// The glue with the loading script in it, which then names each file by its address and checks its integrity.
pub(crate) fn join(glue: &str, staging: &Path, parts: &[(String, Asset)]) -> Result<String> {
    let script = files::read_text(&staging.join(SCRIPT))?;
    let mut loading = script.lines().filter(|line| !line.starts_with("import ")).collect::<Vec<_>>().join("\n");
    for (stem, asset) in parts {
        let source = format!("fetch(new URL(\"./{stem}.wasm\", import.meta.url))");
        let target = format!("fetch(\"{}\", {{ integrity: \"{}\" }})", asset.url(), asset.integrity());
        if !loading.contains(&source) {
            return Err(Failure::new(format!("{SCRIPT} does not load {stem}.wasm as expected")));
        }
        loading = loading.replace(&source, &target);
    }
    let loaders: Vec<&str> = loading.lines().filter_map(|line| line.strip_prefix(LOADER)?.split(' ').next()).collect();
    let (imports, rest): (Vec<&str>, Vec<&str>) =
        glue.lines().partition(|line| line.starts_with(IMPORT) && line.contains(SCRIPT));
    let names = imports.iter().filter_map(|line| line.strip_prefix(IMPORT)?.split(' ').next());
    let consts: Vec<String> = names.map(|name| format!("const {name} = {{ {} }};", loaders.join(", "))).collect();
    Ok(format!("{}\n{}\n{}\n", rest.join("\n"), loading.replace(LOADER, "const "), consts.join("\n")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loading_script_becomes_part_of_the_glue() {
        let folder = std::env::temp_dir().join(format!("roster-split-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let script = "import { initSync } from \"./x.js\";\nexport const load_a = f(fetch(new URL(\"./split_a.wasm\", import.meta.url)));\n";
        std::fs::write(folder.join(SCRIPT), script).unwrap();
        std::fs::write(folder.join("split_a.wasm"), "a").unwrap();
        std::fs::write(folder.join("main.wasm"), "m").unwrap();
        let parts = assets(&folder).unwrap();
        let joined = join("import * as import1 from \"./__wasm_split.js\"\nlet wasm;", &folder, &parts);
        std::fs::remove_dir_all(&folder).unwrap();
        let joined = joined.unwrap();
        assert_eq!(parts.len(), 1);
        assert!(!joined.contains("import ") && !joined.contains("export "), "{joined}");
        assert!(joined.contains("const import1 = { load_a };"), "{joined}");
        assert!(joined.contains("fetch(\"/assets/part-") && joined.contains("integrity: \"sha384-"), "{joined}");
    }
}
