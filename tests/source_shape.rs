//! The shape of the source: modules use only modules below them, and no two files import each other, directly or
//! through others.
//!
//! Files are read as text. A path is followed through modules and re-exports to the file that defines the name. Unit
//! tests at the end of a file are left out.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The modules of `src/lib.rs`, lowest first; those of one row do not use each other.
const LAYERS: [&[&str]; 6] = [
    &[
        "catch_panic",
        "stop",
        "text",
        "files",
        "platform",
        "geometry",
        "resample",
    ],
    &["photo", "vision"],
    &["cluster", "library"],
    &["curate", "scan", "export", "search"],
    &["cli", "app"],
    &["lib", "main"],
];

type ModulePath = Vec<String>;

struct SourceFile {
    path: PathBuf,
    /// Paths that are used, from the crate's root on.
    used: BTreeSet<ModulePath>,
    /// Names that are re-exported, and what they stand for.
    exported: BTreeMap<String, ModulePath>,
}

#[test]
fn modules_use_only_those_below_them() {
    let files = read_source();
    let mut upward = Vec::new();
    for (from, to) in imports(&files) {
        let (user, used) = (module_of(&files, from), module_of(&files, to));
        if user != used && layer(&used) >= layer(&user) && !may_use_sideways(&user, &used) {
            upward.push(format!("{from} uses {to}"));
        }
    }
    assert!(upward.is_empty(), "not below:\n{}", upward.join("\n"));
}

/// The command line opens the window; whole files rest on the platform's.
fn may_use_sideways(user: &str, used: &str) -> bool {
    matches!(
        (user, used),
        ("cli", "app") | ("files", "platform") | ("resample", "geometry")
    )
}

#[test]
fn no_files_import_each_other() {
    let files = read_source();
    let mut next: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (from, to) in imports(&files) {
        next.entry(from.to_owned())
            .or_default()
            .insert(to.to_owned());
    }
    let mut left: BTreeSet<String> = next.keys().cloned().collect();
    // Files that import nothing that is left, or are imported by nothing that is left, are in no cycle.
    loop {
        let before = left.len();
        let is_imported = |file: &String| left.iter().any(|other| next[other].contains(file));
        let kept = left
            .iter()
            .filter(|file| is_imported(file) && next[*file].iter().any(|used| left.contains(used)));
        left = kept.cloned().collect();
        if left.len() == before {
            break;
        }
    }
    assert!(left.is_empty(), "in cycles of imports: {left:#?}");
}

/// A test of the tests: a file that is read wrongly would hide every cycle.
#[test]
fn imports_are_seen() {
    let files = read_source();
    let imports = imports(&files);
    let sees = |from: &str, to: &str| imports.contains(&(from, to));
    assert!(
        files.len() > 200 && imports.len() > 800,
        "{}",
        imports.len()
    );
    assert!(sees("src/photo/decode.rs", "src/photo/decode_watch.rs"));
    assert!(sees("src/main.rs", "src/cli/mod.rs"));
    assert!(sees("src/scan/face_finder.rs", "src/photo/error.rs"));
    assert_eq!(
        used_paths(
            "use crate::a::{self, b::{C, D as E}};\nfn f() { super::g::h(crate::i::J::new()) }"
        ),
        [
            "crate::a",
            "crate::a::b::C",
            "crate::a::b::D",
            "crate::i::J::new",
            "super::g::h"
        ]
        .map(|path| path.split("::").map(str::to_owned).collect())
        .into()
    );
}

fn layer(module: &str) -> usize {
    let found = LAYERS.iter().position(|row| row.contains(&module));
    found.unwrap_or_else(|| panic!("src/{module} stands in no layer: add it to {}", file!()))
}

fn module_of(files: &BTreeMap<ModulePath, SourceFile>, file: &str) -> String {
    let (module, _) = files
        .iter()
        .find(|(_, source)| source.path == Path::new(file))
        .expect("a file of the crate");
    match module.first() {
        Some(first) => first.clone(),
        None => "lib".to_owned(),
    }
}

fn read_source() -> BTreeMap<ModulePath, SourceFile> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = BTreeMap::new();
    let mut folders = vec![root.join("src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder of the source") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let relative = path.strip_prefix(root).expect("inside").to_path_buf();
                let module = module_path(&relative);
                let text = fs::read_to_string(&path).expect("text");
                files.insert(module.clone(), source_file(relative, &module, &text));
            }
        }
    }
    files
}

fn module_path(file: &Path) -> ModulePath {
    let inside = file
        .strip_prefix("src")
        .expect("below src")
        .with_extension("");
    let mut module: ModulePath = inside
        .iter()
        .map(|part| part.to_str().expect("a name").to_owned())
        .collect();
    if module.last().is_some_and(|last| last == "mod") || module == ["lib"] {
        module.pop();
    }
    module
}

fn source_file(path: PathBuf, module: &[String], text: &str) -> SourceFile {
    let text = match text
        .find("#[cfg(test)]\n#[allow")
        .or(text.find("#[cfg(test)]\nmod"))
    {
        Some(tests) => &text[..tests],
        None => text,
    };
    let code: String = text
        .lines()
        .map(|line| line.split("//").next().unwrap_or_default())
        .collect::<Vec<_>>()
        .join("\n");
    let mut exported = BTreeMap::new();
    for statement in code
        .split("pub use ")
        .skip(1)
        .chain(code.split("pub(crate) use ").skip(1))
    {
        let tree = statement.split(';').next().unwrap_or_default();
        for (name, path) in leaves(tree) {
            exported.insert(name, absolute(module, &path));
        }
    }
    let used = used_paths(&code)
        .into_iter()
        .map(|path| absolute(module, &path));
    SourceFile {
        path,
        used: used.collect(),
        exported,
    }
}

/// All paths that begin with `crate`, `super`, `self` or, in `main.rs`, `kinfolk`, and those of `use`.
fn used_paths(code: &str) -> BTreeSet<ModulePath> {
    let mut paths = BTreeSet::new();
    for statement in code.split("use ").skip(1) {
        let tree = statement.split(';').next().unwrap_or_default();
        if !tree.contains('=') {
            paths.extend(leaves(tree).into_iter().map(|(_, path)| path));
        }
    }
    let words = code.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':'));
    for word in words {
        let parts: ModulePath = word.split("::").map(str::to_owned).collect();
        let begins = ["crate", "super", "self", "kinfolk"].contains(&parts[0].as_str());
        if begins && parts.len() > 1 && parts.iter().all(|part| !part.is_empty()) {
            paths.insert(parts);
        }
    }
    let is_ours = |path: &ModulePath| path.first().is_some_and(|first| !first.is_empty());
    paths.into_iter().filter(is_ours).collect()
}

/// The names that a tree of `use` brings, each with its path.
fn leaves(tree: &str) -> Vec<(String, ModulePath)> {
    let tree = tree.trim();
    let Some(open) = tree.find('{') else {
        let (path, name) = match tree.split_once(" as ") {
            Some((path, name)) => (path, name.trim()),
            None => (tree, tree.rsplit("::").next().unwrap_or(tree)),
        };
        let path: ModulePath = path.trim().split("::").map(str::to_owned).collect();
        let path = match path.last().map(String::as_str) {
            Some("self") if path.len() > 1 => path[..path.len() - 1].to_vec(),
            _ => path,
        };
        return vec![(name.to_owned(), path)];
    };
    let prefix = &tree[..open];
    let inner = tree[open + 1..]
        .rsplit_once('}')
        .map_or("", |(inner, _)| inner);
    let mut parts = vec![String::new()];
    let mut depth = 0;
    for c in inner.chars() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(String::new());
                continue;
            }
            _ => {}
        }
        parts.last_mut().expect("one").push(c);
    }
    let parts = parts.iter().filter(|part| !part.trim().is_empty());
    parts
        .flat_map(|part| leaves(&format!("{prefix}{}", part.trim())))
        .collect()
}

/// From the crate's root on.
fn absolute(module: &[String], path: &[String]) -> ModulePath {
    let mut base = module.to_vec();
    let mut rest = path;
    match path[0].as_str() {
        "crate" | "kinfolk" => {
            base.clear();
            rest = &path[1..];
        }
        "self" => rest = &path[1..],
        _ => {}
    }
    while rest.first().is_some_and(|part| part == "super") {
        base.pop();
        rest = &rest[1..];
    }
    base.extend_from_slice(rest);
    base
}

/// Each file with each other that defines something it uses. A module's root file is not counted as importing its
/// submodules.
fn imports(files: &BTreeMap<ModulePath, SourceFile>) -> BTreeSet<(&str, &str)> {
    let mut imports = BTreeSet::new();
    for (module, file) in files {
        for used in &file.used {
            if let Some((defining, definer)) = definer(files, used, 0)
                && !defining.starts_with(module)
            {
                imports.insert((
                    file.path.to_str().expect("a name"),
                    definer.path.to_str().expect("a name"),
                ));
            }
        }
    }
    imports
}

/// The file that defines what a path leads to.
fn definer<'a>(
    files: &'a BTreeMap<ModulePath, SourceFile>,
    path: &[String],
    depth: usize,
) -> Option<(&'a ModulePath, &'a SourceFile)> {
    let length = (0..=path.len())
        .rev()
        .find(|&length| files.contains_key(&path[..length]))?;
    let file = files.get_key_value(&path[..length])?;
    let Some(name) = path.get(length) else {
        // The path is a module; the items that are used from it appear as longer paths.
        return (length > 0).then_some(file);
    };
    match file.1.exported.get(name) {
        Some(target) if depth < 8 => {
            let mut target = target.clone();
            target.extend_from_slice(&path[length + 1..]);
            definer(files, &target, depth + 1).or(Some(file))
        }
        _ if length == 0 => None,
        _ => Some(file),
    }
}
