//! Writes the source tree of an app spec into a folder: `generate SPEC.json FOLDER [LIVE-SPEC.json]`.

use std::error::Error;
use std::fs;
use std::path::Path;

use writer::codegen::generate;
use writer::spec::AppSpec;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (spec, folder, live) = match arguments.as_slice() {
        [spec, folder] => (spec, folder, None),
        [spec, folder, live] => (spec, folder, Some(live)),
        _ => return Err("usage: generate SPEC.json FOLDER [LIVE-SPEC.json]".into()),
    };
    let live = live.map(read).transpose()?;
    for (path, text) in generate(&read(spec)?, live.as_ref()) {
        let path = Path::new(folder).join(path);
        fs::create_dir_all(path.parent().unwrap_or(Path::new(".")))?;
        fs::write(path, text)?;
    }
    Ok(())
}

fn read(path: &String) -> Result<AppSpec, Box<dyn Error>> {
    Ok(serde_json::from_str(&fs::read_to_string(path)?)?)
}
