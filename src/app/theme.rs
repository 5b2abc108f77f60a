//! Colours, spacing, radii and type sizes of the whole window, light and dark.
//!
//! Greys are neutral (equal red, green and blue), so that they do not tint photos. There is one accent colour; green
//! and red only mean yes and no, amber means a suggestion. Text has a contrast of at least 4.5 : 1 on its background
//! (WCAG 2.2, success criterion 1.4.3); a test checks it.

use egui::{
    Color32, CornerRadius, FontFamily, FontId, Margin, Shadow, Stroke, TextStyle, Theme, Vec2,
    Visuals,
};

/// Spacing, in points.
pub const GAP_XS: f32 = 4.0;
pub const GAP_S: f32 = 8.0;
pub const GAP_M: f32 = 12.0;
pub const GAP_L: f32 = 16.0;
pub const GAP_XL: f32 = 24.0;

/// Corner radius of cards, buttons, fields and dialogs, in points.
pub const RADIUS: u8 = 6;

/// Text sizes, in points.
pub const TEXT: f32 = 14.0;
pub const TEXT_SMALL: f32 = 13.0;
pub const TITLE: f32 = 20.0;
pub const SUBTITLE: f32 = 18.0;

pub const SIDE_BAR_WIDTH: f32 = 216.0;
pub const INSPECTOR_WIDTH: f32 = 256.0;
pub const TOP_BAR_HEIGHT: f32 = 48.0;
pub const STATUS_BAR_HEIGHT: f32 = 32.0;

/// The sizes of a card's picture to choose from, in points.
pub const CARD_SIZES: std::ops::RangeInclusive<f32> = 80.0..=240.0;
pub const CARD_SIZE: f32 = 128.0;

/// Boxes and labels over a photo, the same in both themes.
pub const ON_PHOTO: Color32 = Color32::WHITE;
/// The background of labels over a photo.
pub const PHOTO_LABEL: Color32 = Color32::from_black_alpha(190);

/// The colours of one theme.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tokens {
    pub dark: bool,
    /// The background of the content.
    pub surface: Color32,
    /// Side bar, inspector and status bar.
    pub chrome: Color32,
    /// Dialogs, menus, toasts, tooltips.
    pub raised: Color32,
    /// Text fields and pictures that are not loaded yet.
    pub well: Color32,
    pub button: Color32,
    pub button_hovered: Color32,
    /// Check boxes and slider rails, also visible on `raised`.
    pub control: Color32,
    /// The background of a row or card under the pointer.
    pub hover: Color32,
    pub line: Color32,
    pub text: Color32,
    /// Counts, hints, dates.
    pub text_weak: Color32,
    /// Selection, focus and the primary action.
    pub accent: Color32,
    /// Text on the accent.
    pub on_accent: Color32,
    /// The background of a selected row or card.
    pub selected: Color32,
    pub yes: Color32,
    pub no: Color32,
    /// Suggestions.
    pub maybe: Color32,
    /// Behind a dialog.
    pub scrim: Color32,
}

pub const DARK: Tokens = Tokens {
    dark: true,
    surface: Color32::from_gray(24),
    chrome: Color32::from_gray(32),
    raised: Color32::from_gray(40),
    well: Color32::from_gray(16),
    button: Color32::from_gray(54),
    button_hovered: Color32::from_gray(68),
    control: Color32::from_gray(96),
    hover: Color32::from_gray(42),
    line: Color32::from_gray(56),
    text: Color32::from_gray(230),
    text_weak: Color32::from_gray(164),
    accent: Color32::from_rgb(76, 148, 255),
    on_accent: Color32::from_gray(8),
    selected: Color32::from_rgb(32, 58, 98),
    yes: Color32::from_rgb(76, 190, 108),
    no: Color32::from_rgb(246, 110, 104),
    maybe: Color32::from_rgb(240, 178, 60),
    scrim: Color32::from_black_alpha(140),
};

pub const LIGHT: Tokens = Tokens {
    dark: false,
    surface: Color32::from_gray(252),
    chrome: Color32::from_gray(243),
    raised: Color32::from_gray(255),
    well: Color32::from_gray(232),
    button: Color32::from_gray(228),
    button_hovered: Color32::from_gray(216),
    control: Color32::from_gray(178),
    hover: Color32::from_gray(234),
    line: Color32::from_gray(214),
    text: Color32::from_gray(28),
    text_weak: Color32::from_gray(92),
    accent: Color32::from_rgb(16, 98, 214),
    on_accent: Color32::from_gray(255),
    selected: Color32::from_rgb(208, 226, 252),
    yes: Color32::from_rgb(18, 116, 52),
    no: Color32::from_rgb(190, 34, 34),
    maybe: Color32::from_rgb(138, 88, 0),
    scrim: Color32::from_black_alpha(90),
};

impl Tokens {
    /// The colours of the theme in use.
    pub fn of(ctx: &egui::Context) -> &'static Tokens {
        match ctx.theme() {
            Theme::Dark => &DARK,
            Theme::Light => &LIGHT,
        }
    }

    pub const fn radius(&self) -> CornerRadius {
        CornerRadius::same(RADIUS)
    }

    pub fn title(text: impl Into<String>) -> egui::RichText {
        egui::RichText::new(text).text_style(TextStyle::Heading)
    }

    pub fn small(&self, text: impl Into<String>) -> egui::RichText {
        egui::RichText::new(text)
            .text_style(TextStyle::Small)
            .color(self.text_weak)
    }
}

/// Sets both themes of a window.
pub fn install(ctx: &egui::Context) {
    for (theme, tokens) in [(Theme::Dark, &DARK), (Theme::Light, &LIGHT)] {
        ctx.set_visuals_of(theme, visuals(tokens));
        ctx.style_mut_of(theme, |style| {
            style.text_styles = [
                (
                    TextStyle::Small,
                    FontId::new(TEXT_SMALL, FontFamily::Proportional),
                ),
                (TextStyle::Body, FontId::new(TEXT, FontFamily::Proportional)),
                (
                    TextStyle::Button,
                    FontId::new(TEXT, FontFamily::Proportional),
                ),
                (
                    TextStyle::Heading,
                    FontId::new(TITLE, FontFamily::Proportional),
                ),
                (
                    TextStyle::Monospace,
                    FontId::new(TEXT_SMALL, FontFamily::Monospace),
                ),
            ]
            .into();
            style.spacing.item_spacing = Vec2::splat(GAP_S);
            style.spacing.button_padding = Vec2::new(GAP_M, 6.0);
            style.spacing.interact_size = Vec2::new(32.0, 28.0);
            style.spacing.window_margin = Margin::same(GAP_L as i8);
            style.spacing.menu_margin = Margin::same(6);
            style.interaction.tooltip_delay = 0.4;
            style.interaction.selectable_labels = false;
        });
    }
}

fn visuals(tokens: &Tokens) -> Visuals {
    let mut visuals = if tokens.dark {
        Visuals::dark()
    } else {
        Visuals::light()
    };
    let radius = tokens.radius();
    visuals.panel_fill = tokens.surface;
    visuals.window_fill = tokens.raised;
    visuals.window_stroke = Stroke::new(1.0, tokens.line);
    visuals.window_corner_radius = radius;
    visuals.menu_corner_radius = radius;
    visuals.extreme_bg_color = tokens.well;
    visuals.text_edit_bg_color = Some(tokens.well);
    visuals.faint_bg_color = tokens.hover;
    visuals.weak_text_color = Some(tokens.text_weak);
    visuals.hyperlink_color = tokens.accent;
    visuals.warn_fg_color = tokens.maybe;
    visuals.error_fg_color = tokens.no;
    visuals.selection.bg_fill = tokens.selected;
    visuals.selection.stroke = Stroke::new(1.0, tokens.accent);
    visuals.text_cursor.stroke = Stroke::new(2.0, tokens.accent);
    visuals.slider_trailing_fill = true;
    let shadow = Shadow {
        offset: [0, 4],
        blur: 16,
        spread: 0,
        color: Color32::from_black_alpha(if tokens.dark { 110 } else { 46 }),
    };
    visuals.window_shadow = shadow;
    visuals.popup_shadow = shadow;

    let widgets = &mut visuals.widgets;
    for (widget, fill, stroke) in [
        (
            &mut widgets.noninteractive,
            tokens.surface,
            Stroke::new(1.0, tokens.line),
        ),
        (&mut widgets.inactive, tokens.button, Stroke::NONE),
        (&mut widgets.hovered, tokens.button_hovered, Stroke::NONE),
        (
            &mut widgets.active,
            tokens.button_hovered,
            Stroke::new(1.0, tokens.accent),
        ),
        (&mut widgets.open, tokens.button_hovered, Stroke::NONE),
    ] {
        widget.bg_fill = fill;
        widget.weak_bg_fill = fill;
        widget.bg_stroke = stroke;
        widget.fg_stroke = Stroke::new(1.0, tokens.text);
        widget.corner_radius = radius;
        widget.expansion = 0.0;
    }
    widgets.inactive.bg_fill = tokens.control;
    visuals
}
