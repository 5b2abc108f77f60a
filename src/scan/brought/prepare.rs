//! Makes a brought network a model that a library can be migrated to, and loads the library's model.

use std::sync::Arc;

use image::RgbImage;

use super::error::BroughtModelError;
use super::folder::{BroughtEntry, find};
use super::sample::{Sample, sample};
use crate::library::{Library, StoredSpace};
use crate::stop::StopFlag;
use crate::vision::brought::{
    BroughtModel, BroughtNetwork, SpaceError, SpaceFigures, WorkingSpace, check_vectors, network_of,
};
use crate::vision::{AlignedFace, Engine, ModelName};

/// A space is fitted again once the library has grown to this many times the faces that it had then.
const MAX_GROWTH: u32 = 2;

/// A network with a working space of this library.
pub struct Prepared {
    pub model: BroughtModel,
    pub figures: SpaceFigures,
    /// It was fitted now, not before.
    pub is_new: bool,
}

/// The model of a library for a brought network: the one that was fitted last, unless the library has outgrown it, or a new
/// one. The library stores its space; nothing else changes. Tries the network on the library's own faces first.
///
/// # Errors
/// [`BroughtModelError::Network`] if the vectors say nothing, [`BroughtModelError::Space`] if there are too few people to fit
/// to, [`BroughtModelError::Stopped`] once `stop` is set; then nothing was stored.
pub fn prepare(
    library: &mut Library,
    engine: &Engine,
    entry: &BroughtEntry,
    stop: &StopFlag,
    on_photo: &(dyn Fn(usize, usize) + Sync),
) -> Result<Prepared, BroughtModelError> {
    let network = Arc::new(entry.load()?);
    if let Some(LatestSpace { space, .. }) = fitting_space(library, entry)? {
        let figures = space.figures();
        return Ok(Prepared {
            model: BroughtModel::fitted(network, space),
            figures,
            is_new: false,
        });
    }
    let aligning = engine.with_brought(BroughtModel::unfitted(Arc::clone(&network)));
    let sampled = sample(library, &aligning, &network, stop, on_photo)?;
    let name = || entry.manifest.name.clone();
    let unfit = |source| BroughtModelError::Space {
        name: name(),
        source,
    };
    let space = WorkingSpace::fit(&sampled.people).map_err(unfit)?;
    check(&network, &sampled, entry)?;
    let figures = space.figures();
    let stored = StoredSpace {
        library_faces: library.embedded_faces()?,
        space: space.to_json(),
    };
    let model = BroughtModel::fitted(network, space);
    library.keep_working_space(&entry.model, model.name(), &stored)?;
    Ok(Prepared {
        model,
        figures,
        is_new: true,
    })
}

/// The space that was fitted last for a network.
struct LatestSpace {
    model: ModelName,
    space: WorkingSpace,
    /// Of the library when it was fitted.
    library_faces: u32,
}

fn latest_space(
    library: &Library,
    entry: &BroughtEntry,
) -> Result<Option<LatestSpace>, BroughtModelError> {
    let Some(model) = library.latest_model_of(&entry.model)? else {
        return Ok(None);
    };
    let stored = library.working_space(&model)?;
    Ok(stored.and_then(|stored| {
        Some(LatestSpace {
            model,
            space: WorkingSpace::from_json(&stored.space).ok()?,
            library_faces: stored.library_faces,
        })
    }))
}

/// That space, if the library has not outgrown it.
fn fitting_space(
    library: &Library,
    entry: &BroughtEntry,
) -> Result<Option<LatestSpace>, BroughtModelError> {
    let faces = library.embedded_faces()?;
    let fits = |latest: &LatestSpace| {
        faces <= MAX_GROWTH.saturating_mul(latest.library_faces)
            && latest.space.dimension() == entry.manifest.output.dimension
    };
    Ok(latest_space(library, entry)?.filter(fits))
}

/// The model to which a library can be migrated at once; `None` if [`prepare`] would fit a space first.
pub fn ready_model(
    library: &Library,
    entry: &BroughtEntry,
) -> Result<Option<ModelName>, BroughtModelError> {
    Ok(fitting_space(library, entry)?.map(|latest| latest.model))
}

/// What is known of the space that was fitted last for a network.
pub fn space_of(
    library: &Library,
    entry: &BroughtEntry,
) -> Result<Option<SpaceFigures>, BroughtModelError> {
    Ok(latest_space(library, entry)?.map(|latest| latest.space.figures()))
}

fn check(
    network: &BroughtNetwork,
    sampled: &Sample,
    entry: &BroughtEntry,
) -> Result<(), BroughtModelError> {
    let failed =
        |source| BroughtModelError::network(std::path::Path::new(&entry.manifest.file), source);
    let vectors: Vec<Vec<f32>> = sampled
        .tried
        .iter()
        .map(|(_, vector)| vector.clone())
        .collect();
    let crops: Vec<AlignedFace> = sampled.tried.iter().map(|(crop, _)| crop.clone()).collect();
    let embed = |crops: &[AlignedFace]| -> Result<Vec<Vec<f32>>, BroughtModelError> {
        let vectors = network.embed(crops).map_err(failed)?;
        Ok(vectors.into_iter().map(|vector| vector.numbers).collect())
    };
    let again = embed(&crops)?;
    let moved = embed(&crops.iter().map(moved).collect::<Vec<_>>())?;
    check_vectors(&vectors, &again, &moved).map_err(failed)
}

/// A crop half a pixel aside.
fn moved(crop: &AlignedFace) -> AlignedFace {
    let (width, height) = crop.0.dimensions();
    AlignedFace(RgbImage::from_fn(width, height, |x, y| {
        let beside = crop.0.get_pixel((x + 1).min(width - 1), y);
        let mut pixel = *crop.0.get_pixel(x, y);
        for (value, beside) in pixel.0.iter_mut().zip(beside.0) {
            *value = u16::midpoint((*value).into(), beside.into()) as u8;
        }
        pixel
    }))
}

/// What a library's model needs if it is that of a brought network; `None` for a name that is not.
///
/// # Errors
/// [`BroughtModelError::Unknown`] if the network's files are gone, [`BroughtModelError::Space`] if its space is damaged.
pub fn model_of(
    library: &Library,
    model: &ModelName,
) -> Result<Option<BroughtModel>, BroughtModelError> {
    let Some(network) = network_of(model) else {
        return Ok(None);
    };
    let entry = find(library, network)?;
    let damaged = |source| BroughtModelError::Space {
        name: model.to_string(),
        source,
    };
    let stored = library
        .working_space(model)?
        .ok_or(damaged(SpaceError::Damaged("it is missing")))?;
    let space = WorkingSpace::from_json(&stored.space).map_err(damaged)?;
    if space.dimension() != entry.manifest.output.dimension {
        return Err(damaged(SpaceError::Damaged("it is of another network")));
    }
    let loaded = BroughtModel::fitted(Arc::new(entry.load()?), space);
    if loaded.name() != model {
        return Err(damaged(SpaceError::Damaged("its numbers have changed")));
    }
    Ok(Some(loaded))
}
