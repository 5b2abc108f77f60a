//! Manifests, right and broken.

use kinfolk::vision::brought::{Layout, Manifest};
use serde_json::{Value, json};

use crate::support::onnx::{manifest_json, parsed};

fn right() -> Value {
    manifest_json("arcface-r50", b"a file", 112, 512)
}

fn refused(manifest: &Value) -> String {
    Manifest::parse(manifest.to_string().as_bytes())
        .expect_err("a broken manifest")
        .to_string()
}

#[test]
fn a_right_manifest_is_read_and_written_again() {
    let manifest = parsed(&right());
    assert_eq!(manifest.input.layout, Layout::Nchw);
    assert!(!manifest.mirrored);
    assert_eq!(Manifest::parse(&manifest.to_bytes()).unwrap(), manifest);
}

#[test]
fn optional_fields_may_be_left_out() {
    let mut manifest = right();
    for field in ["source", "template"] {
        manifest.as_object_mut().unwrap().remove(field);
    }
    assert_eq!(parsed(&manifest).template, parsed(&right()).template);
}

/// Each names the field and says what to write.
#[test]
fn every_broken_field_is_named_with_its_cure() {
    let long = "x".repeat(40_000);
    let nan_points = json!([[1, 1], [1, 1], [1, 1], [1, 1], [1, 1]]);
    for (pointer, value, cure) in [
        ("/kinfolk_model", json!(2), "version 1"),
        ("/name", json!(""), "1 to 40"),
        ("/name", json!("../evil"), "1 to 40"),
        ("/name", json!("Arc Face"), "1 to 40"),
        ("/name", json!(long), "1 to 40"),
        ("/file", json!("/etc/passwd"), "alone"),
        ("/file", json!("../a.onnx"), "alone"),
        ("/file", json!("a\\b.onnx"), "alone"),
        ("/file", json!(".."), "alone"),
        ("/file", json!(""), "alone"),
        ("/sha256", json!("abc"), "64 hexadecimal"),
        ("/sha256", json!("g".repeat(64)), "64 hexadecimal"),
        ("/licence", json!("  "), "terms"),
        ("/licence", json!(long), "terms"),
        ("/source", json!(long), "where the weights come from"),
        ("/input/width", json!(0), "from 32 to 512"),
        ("/input/height", json!(100_000), "from 32 to 512"),
        ("/input/mean", json!([1e30, 0, 0]), "three numbers"),
        ("/input/scale", json!([0, 1, 1]), "other than 0"),
        ("/input/scale", json!([1e300, 1, 1]), "other than 0"),
        ("/template", nan_points, "five [x, y]"),
        (
            "/template",
            json!([[1e9, 1], [2, 2], [3, 3], [4, 4], [5, 5]]),
            "five [x, y]",
        ),
        ("/output/dimension", json!(8), "from 16 to 2048"),
        ("/output/dimension", json!(1_000_000), "from 16 to 2048"),
    ] {
        let mut manifest = right();
        *manifest.pointer_mut(pointer).unwrap() = value;
        let told = refused(&manifest);
        let field = pointer[1..].replace('/', ".");
        assert!(
            told.contains(&format!("{field:?}")) && told.contains(cure),
            "{pointer}: {told}"
        );
        assert!(told.len() < 600, "{told}");
    }
}

#[test]
fn json_of_another_shape_is_refused_with_the_field() {
    let mut missing = right();
    missing.as_object_mut().unwrap().remove("sha256");
    assert!(refused(&missing).contains("sha256"));
    let mut unknown = right();
    unknown["weights"] = json!(1);
    assert!(refused(&unknown).contains("weights"));
    let mut kind = right();
    kind["input"]["channels"] = json!("grey");
    assert!(refused(&kind).contains("grey"));
    for bytes in [
        &b""[..],
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe",
        "[".repeat(50_000).as_bytes(),
    ] {
        let told = Manifest::parse(bytes).unwrap_err().to_string();
        assert!(told.contains("models add --help"), "{told}");
    }
}

/// Whatever changes the vectors changes the name under which a library stores them; nothing else does.
#[test]
fn the_name_in_the_library_tells_ways_to_run_a_network_apart() {
    let own = parsed(&right()).model_name();
    assert!(own.starts_with("arcface-r50@"), "{own}");
    for (pointer, value) in [
        ("/sha256", json!("0".repeat(64))),
        ("/input/width", json!(128)),
        ("/input/layout", json!("nhwc")),
        ("/input/channels", json!("bgr")),
        ("/input/mean", json!([127.5, 127.5, 127.0])),
        ("/input/scale", json!([1, 1, 1])),
        (
            "/template",
            json!([[38, 52], [74, 52], [56, 72], [42, 92], [71, 92]]),
        ),
        ("/output/dimension", json!(256)),
        ("/mirrored", json!(true)),
    ] {
        let mut other = right();
        let (parent, field) = pointer.rsplit_once('/').unwrap();
        other.pointer_mut(parent).unwrap()[field] = value;
        assert_ne!(parsed(&other).model_name(), own, "{pointer}");
    }
    for (field, value) in [
        ("licence", json!("Another.")),
        ("source", json!("elsewhere")),
        ("file", json!("b.onnx")),
    ] {
        let mut same = right();
        same[field] = value;
        assert_eq!(parsed(&same).model_name(), own, "{field}");
    }
}
