//! `label`: which face a row means, which rows are skipped, and which tables are refused.

use super::run::{Run, kinfolk_on};
use crate::support::home::{ClosedHome, Home, write};

/// A name of 121 characters.
const LONG_NAME: &str = concat!(
    "path,person\na.jpg,",
    "0123456789012345678901234567890123456789",
    "0123456789012345678901234567890123456789",
    "0123456789012345678901234567890123456789x\n"
);

fn label(home: &ClosedHome, table: &str) -> Run {
    let file = home.folder.path().join("labels.csv");
    write(&file, table.as_bytes());
    kinfolk_on(&home.library, &format!("label {}", file.display()))
}

/// `path,x,person` of each face.
fn named(home: &ClosedHome) -> Vec<String> {
    kinfolk_on(&home.library, "faces")
        .csv()
        .iter()
        .map(|row| format!("{},{},{}", &row[1], &row[2], &row[9]))
        .collect()
}

#[test]
fn without_a_box_the_principal_face_gets_the_name() {
    let mut home = Home::new();
    home.photo("a.jpg", &[0, 1]);
    home.photo("dir/b.jpg", &[0]);
    let closed = home.close();
    let told = label(&closed, "path,person\na.jpg,Maria\ndir/b.jpg,Maria\n").done();
    assert!(told.starts_with("2 faces named, 0 named before"), "{told}");
    assert_eq!(
        named(&closed),
        ["a.jpg,170,Maria", "a.jpg,240,", "dir/b.jpg,170,Maria"]
    );
}

#[test]
fn boxes_find_the_faces_they_overlap_most() {
    let mut home = Home::new();
    home.photo("a.jpg", &[0, 1, 2]);
    let closed = home.close();
    let table = "path,person,x,y,width,height\n\
                 a.jpg,Tom,235,105,60,80\n\
                 a.jpg,Maria,175,112,60,80\n\
                 a.jpg,Nobody,10,10,20,20\n";
    let run = label(&closed, table);
    assert!(
        run.stderr.contains("line 4") && run.stderr.contains("no face"),
        "{}",
        run.stderr
    );
    assert!(run.done().contains("1 row skipped"));
    assert_eq!(
        named(&closed),
        ["a.jpg,170,Maria", "a.jpg,240,Tom", "a.jpg,310,"]
    );
}

#[test]
fn absolute_paths_and_backslashes_are_understood() {
    let mut home = Home::new();
    home.photo("2020/a.jpg", &[0]);
    home.photo("2020/b.jpg", &[1]);
    let photos = home.photos();
    let closed = home.close();
    let table = format!(
        "person,path\nMaria,{}/2020/a.jpg\nTom,2020\\b.jpg\n",
        photos.display()
    );
    label(&closed, &table).done();
    assert_eq!(
        named(&closed),
        ["2020/a.jpg,170,Maria", "2020/b.jpg,170,Tom"]
    );
}

#[test]
fn the_table_of_faces_can_be_filled_in_and_read_back() {
    let mut home = Home::new();
    home.photo("=odd, \"name\".jpg", &[0, 1]);
    home.photo("b.jpg", &[0]);
    let closed = home.close();
    let table = kinfolk_on(&closed.library, "faces").done();
    let filled = table.replacen(",,ungrouped", ",Maria,ungrouped", 1);
    label(&closed, &filled).done();
    let named = named(&closed);
    assert_eq!(
        named.iter().filter(|row| row.ends_with(",Maria")).count(),
        1
    );
    assert_eq!(named[0], "'=odd, \"name\".jpg,170,Maria");
}

#[test]
fn labelling_twice_changes_nothing_and_can_be_undone() {
    let mut home = Home::new();
    home.photo("a.jpg", &[0]);
    let closed = home.close();
    label(&closed, "path,person\na.jpg,Maria\n").done();
    let told = label(&closed, "path,person\na.jpg,MARIA\n").done();
    assert!(told.starts_with("0 faces named, 1 named before"), "{told}");
    assert_eq!(
        kinfolk_on(&closed.library, "history")
            .done()
            .lines()
            .count(),
        1
    );
    kinfolk_on(&closed.library, "undo").done();
    assert_eq!(named(&closed), ["a.jpg,170,"]);
}

#[test]
fn rows_that_match_nothing_are_skipped_with_their_line() {
    let mut home = Home::new();
    home.photo("a.jpg", &[0]);
    home.photo("empty.jpg", &[]);
    let closed = home.close();
    let table = "path,person\nmissing.jpg,Tom\nempty.jpg,Tom\na.jpg,Maria\na.jpg,Tom\n";
    let run = label(&closed, table);
    for line in ["line 2", "line 3", "line 5"] {
        assert!(run.stderr.contains(line), "{line}: {}", run.stderr);
    }
    assert!(
        run.done()
            .starts_with("1 face named, 0 named before, 3 rows skipped")
    );
}

#[test]
fn a_table_that_matches_nothing_at_all_fails() {
    let mut home = Home::new();
    home.photo("a.jpg", &[0]);
    let closed = home.close();
    let run = label(&closed, "path,person\nmissing.jpg,Tom\n");
    assert_eq!(run.status, 1);
    assert!(run.stderr.contains("no row"), "{}", run.stderr);
}

#[test]
fn a_wrong_table_names_its_line_and_nothing_is_named() {
    let mut home = Home::new();
    home.photo("a.jpg", &[0]);
    let closed = home.close();
    for (table, wanted) in [
        ("file,name\na.jpg,Maria\n", "line 1"),
        ("path,person,x,y\na.jpg,Maria,1,2\n", "line 1"),
        ("path,person\na.jpg,Maria\na.jpg;Maria\n", "line 3"),
        ("path,person\n,Maria\n", "line 2"),
        (
            "path,person,x,y,width,height\na.jpg,Maria,1,2,wide,4\n",
            "line 2",
        ),
        (
            "path,person,x,y,width,height\na.jpg,Maria,1,2,-3,4\n",
            "line 2",
        ),
        (
            "path,person,x,y,width,height\na.jpg,Maria,1,2,inf,4\n",
            "line 2",
        ),
        (LONG_NAME, "line 2"),
        ("", "line 1"),
    ] {
        let told = label(&closed, table).failed();
        assert!(
            told.contains("labels.csv") && told.contains(wanted),
            "{table:?}: {told}"
        );
    }
    assert_eq!(named(&closed), ["a.jpg,170,"]);
    let told = kinfolk_on(&closed.library, "label missing.csv").failed();
    assert!(told.contains("missing.csv"), "{told}");
}

#[test]
fn a_table_whose_letters_cannot_be_told_names_the_cure() {
    let mut home = Home::new();
    home.photo("a.jpg", &[0]);
    let closed = home.close();
    let file = closed.folder.path().join("labels.csv");
    write(&file, b"path,person\na.jpg,Maria\na.jpg,\x8d\x90\n");
    let told = kinfolk_on(&closed.library, &format!("label {}", file.display())).failed();
    assert!(
        told.contains("labels.csv") && told.contains("save it as UTF-8"),
        "{told}"
    );
    assert_eq!(named(&closed), ["a.jpg,170,"]);
}

/// A table's text in bytes, and how it is called.
fn as_spreadsheets_write(rows: &[&[&str]]) -> Vec<(&'static str, Vec<u8>)> {
    let joined = |separator: &str| -> String {
        rows.iter()
            .map(|row| row.join(separator) + "\r\n")
            .collect()
    };
    let utf_16 = |text: String| -> Vec<u8> {
        let units = std::iter::once(0xfeff).chain(text.encode_utf16().collect::<Vec<_>>());
        units.flat_map(u16::to_le_bytes).collect()
    };
    let latin: Vec<u8> = joined(";").chars().map(|c| c as u8).collect();
    vec![
        ("commas", joined(",").into_bytes()),
        ("semicolons", joined(";").into_bytes()),
        (
            "semicolons, marked",
            ("\u{feff}".to_owned() + &joined(";")).into_bytes(),
        ),
        ("tabs", joined("\t").into_bytes()),
        (
            "a line that says it",
            ("sep=|\r\n".to_owned() + &joined("|")).into_bytes(),
        ),
        ("UTF-16, tabs", utf_16(joined("\t"))),
        (
            "UTF-16, a line that says it",
            utf_16("sep=;\r\n".to_owned() + &joined(";")),
        ),
        ("Windows-1252", latin),
        (
            "lines of old Macs",
            joined(";").replace("\r\n", "\r").into_bytes(),
        ),
    ]
}

#[test]
fn tables_are_read_as_spreadsheets_write_them() {
    let rows: [&[&str]; 3] = [
        &[" Path", "PERSON "],
        &["été.jpg", "Renée"],
        &["b.jpg", "Åse"],
    ];
    for (kind, bytes) in as_spreadsheets_write(&rows) {
        let mut home = Home::new();
        home.photo("été.jpg", &[0]);
        home.photo("b.jpg", &[1]);
        let closed = home.close();
        let file = closed.folder.path().join("labels.csv");
        write(&file, &bytes);
        kinfolk_on(&closed.library, &format!("label {}", file.display())).done();
        let found = named(&closed);
        assert_eq!(found, ["b.jpg,170,Åse", "été.jpg,170,Renée"], "{kind}");
    }
}

#[test]
fn boxes_with_decimal_commas_are_read() {
    let mut home = Home::new();
    home.photo("a.jpg", &[0, 1]);
    let closed = home.close();
    let table = "path;person;x;y;width;height\na.jpg;Tom;239,5;110,25;60,0;80\n";
    label(&closed, table).done();
    assert_eq!(named(&closed), ["a.jpg,170,", "a.jpg,240,Tom"]);
    let thousands = "path,person,x,y,width,height\na.jpg,Ana,\"1,701\",110,60,80\n";
    let told = label(&closed, thousands).failed();
    assert!(
        told.contains("line 2") && told.contains("thousands"),
        "{told}"
    );
}

#[test]
fn a_cell_too_many_is_refused_with_its_cure_and_an_empty_one_is_not() {
    let mut home = Home::new();
    home.photo("a.jpg", &[0]);
    let closed = home.close();
    let told = label(&closed, "path,person\na.jpg,Rossi, Maria\n").failed();
    assert!(told.contains("line 2") && told.contains("quotes"), "{told}");
    label(&closed, "path,person\na.jpg,Maria,,\n").done();
    assert_eq!(named(&closed), ["a.jpg,170,Maria"]);
}

#[test]
fn accents_are_found_composed_and_decomposed() {
    let mut home = Home::new();
    home.photo("Rene\u{301}e/e\u{301}te\u{301}.jpg", &[0]);
    home.photo("Zo\u{eb}.jpg", &[1]);
    // Both spellings as photos of their own: the exact one is meant.
    home.photo("\u{e5}.jpg", &[2]);
    home.photo("a\u{30a}.jpg", &[3]);
    let root = home.photos();
    let closed = home.close();
    let table = format!(
        "path,person\nRen\u{e9}e/\u{e9}t\u{e9}.jpg,Renée\n{}/Zoe\u{308}.jpg,Zoë\na\u{30a}.jpg,Åse\n",
        root.display()
    );
    label(&closed, &table).done();
    let named: Vec<String> = named(&closed);
    assert_eq!(
        named.iter().filter(|row| row.ends_with(',')).count(),
        1,
        "{named:?}"
    );
    assert!(
        named.contains(&"a\u{30a}.jpg,170,Åse".to_owned()),
        "{named:?}"
    );
}

#[test]
fn cells_that_are_missing_at_the_end_of_a_row_are_empty() {
    let mut home = Home::new();
    home.photo("a.jpg", &[0]);
    home.photo("b.jpg", &[1]);
    let closed = home.close();
    let table =
        "path,x,y,width,height,person\na.jpg,170,110,60,80,Maria\nb.jpg,170,110,60,80\nb.jpg\n";
    let told = label(&closed, table).done();
    assert!(told.starts_with("1 face named"), "{told}");
    let wrong = label(&closed, "path,person\na.jpg;Maria\n");
    assert!(wrong.stderr.contains("line 2"), "{}", wrong.stderr);
    let wrong = label(&closed, "path,person,x,y,width,height\na.jpg,Maria,1,2,3\n");
    assert!(wrong.stderr.contains("a box needs"), "{}", wrong.stderr);
}

#[test]
fn what_is_no_table_of_text_names_the_cure() {
    let mut home = Home::new();
    home.photo("a.jpg", &[0]);
    let closed = home.close();
    for (table, what) in [
        ("PK\u{3}\u{4}rest of an archive", "workbook"),
        (
            "<html><table><tr><td>path</td></tr></table></html>",
            "web page",
        ),
        ("\u{feff}  <?xml version=\"1.0\"?><Workbook/>", "markup"),
    ] {
        let told = label(&closed, table).stderr;
        assert!(told.contains(what) && told.contains("CSV UTF-8"), "{told}");
    }
}
