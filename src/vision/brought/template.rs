//! Where the five landmarks lie in the input of a brought recognizer.

use serde::{Deserialize, Serialize};

use super::error::ManifestError;
use super::field::check_field;
use crate::geometry::{Point, Size};
use crate::vision::align::{CROP_SIDE, TEMPLATE};

/// Landmarks may lie this many times the longer side outside of the input.
const MAX_OUTSIDE: f32 = 1.0;
/// Least mean distance of the points from their middle, as a share of the shorter side. In ArcFace's template it is .2.
const MIN_SPREAD: f32 = 0.03;

/// Right eye, left eye, nose, right and left mouth corner (the person's own right), in pixels of the input.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Template {
    Named(NamedTemplate),
    Points([[f32; 2]; 5]),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NamedTemplate {
    /// The template that most recognizers were trained with, scaled from 112 pixels to the input.
    ArcFace,
}

impl Default for Template {
    fn default() -> Template {
        Template::Named(NamedTemplate::ArcFace)
    }
}

impl Template {
    pub fn points(&self, input: Size) -> [Point; 5] {
        match self {
            Template::Points(points) => points.map(|[x, y]| Point { x, y }),
            Template::Named(NamedTemplate::ArcFace) => scaled_arcface(input),
        }
    }

    pub(super) fn check(&self, input: Size) -> Result<(), ManifestError> {
        let sides = [input.width as f32, input.height as f32];
        let longer = sides[0].max(sides[1]);
        let points = self.points(input);
        let is_near = |at: f32, side: f32| {
            (-MAX_OUTSIDE * longer..=side + MAX_OUTSIDE * longer).contains(&at)
        };
        check_field(
            points
                .iter()
                .all(|point| is_near(point.x, sides[0]) && is_near(point.y, sides[1]))
                && spread(&points) >= MIN_SPREAD * sides[0].min(sides[1]),
            "template",
            || {
                format!(
                    "has the points {:?}",
                    points.map(|point| (point.x, point.y))
                )
            },
            "give \"arcface\", or five [x, y] in pixels of the input: right eye, left eye, nose, right and left mouth \
             corner, of the person's own right and left",
        )
    }
}

/// As insightface scales it: by the shorter side, in the middle of the longer one.
fn scaled_arcface(input: Size) -> [Point; 5] {
    let side = input.width.min(input.height);
    let scale = side as f32 / CROP_SIDE as f32;
    let shift = [input.width - side, input.height - side].map(|rest| rest as f32 / 2.0);
    TEMPLATE.map(|point| Point {
        x: point.x * scale + shift[0],
        y: point.y * scale + shift[1],
    })
}

fn spread(points: &[Point; 5]) -> f32 {
    let mean = |of: fn(&Point) -> f32| points.iter().map(of).sum::<f32>() / 5.0;
    let middle = Point {
        x: mean(|point| point.x),
        y: mean(|point| point.y),
    };
    let far = points
        .iter()
        .map(|point| (point.x - middle.x).hypot(point.y - middle.y));
    far.sum::<f32>() / 5.0
}
