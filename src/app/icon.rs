//! The window's icon, drawn in code: two heads side by side on a rounded square.

use egui::IconData;

/// Side in pixels.
const SIDE: u32 = 128;

/// Colours as RGB.
const GROUND: [f32; 3] = [16.0, 98.0, 214.0];
const BACK: [f32; 3] = [150.0, 192.0, 250.0];
const FRONT: [f32; 3] = [255.0, 255.0, 255.0];

/// The icon as RGBA, not premultiplied.
pub fn icon() -> IconData {
    let mut rgba = Vec::with_capacity((SIDE * SIDE * 4) as usize);
    for y in 0..SIDE {
        for x in 0..SIDE {
            rgba.extend(pixel(x as f32 + 0.5, y as f32 + 0.5));
        }
    }
    IconData {
        rgba,
        width: SIDE,
        height: SIDE,
    }
}

fn pixel(x: f32, y: f32) -> [u8; 4] {
    let ground = covered(rounded_square(x, y, 28.0));
    let mut colour = GROUND;
    for (distance, over) in [
        (person(x, y, 82.0, 50.0, 15.0), BACK),
        (person(x, y, 51.0, 54.0, 20.0), FRONT),
    ] {
        // A rim of the ground's colour keeps the two apart.
        colour = mix(colour, GROUND, covered(distance - 5.0));
        colour = mix(colour, over, covered(distance));
    }
    let [red, green, blue] = colour.map(|value| value.round() as u8);
    [red, green, blue, (ground * 255.0).round() as u8]
}

/// How much of a pixel lies inside, from the signed distance of its middle to the border (negative inside).
fn covered(distance: f32) -> f32 {
    (0.5 - distance).clamp(0.0, 1.0)
}

fn mix(below: [f32; 3], above: [f32; 3], share: f32) -> [f32; 3] {
    std::array::from_fn(|channel| below[channel] + (above[channel] - below[channel]) * share)
}

fn rounded_square(x: f32, y: f32, radius: f32) -> f32 {
    let half = SIDE as f32 / 2.0;
    let (dx, dy) = (
        (x - half).abs() - half + radius,
        (y - half).abs() - half + radius,
    );
    dx.max(0.0).hypot(dy.max(0.0)) + dx.max(dy).min(0.0) - radius
}

/// A head (circle) above shoulders (the upper half of a larger circle).
fn person(x: f32, y: f32, center: f32, head_y: f32, head: f32) -> f32 {
    let head_distance = (x - center).hypot(y - head_y) - head;
    let (shoulders, base) = (head * 1.7, head_y + head * 2.9);
    let shoulder_distance = ((x - center).hypot(y - base) - shoulders).max(y - base);
    head_distance.min(shoulder_distance)
}
