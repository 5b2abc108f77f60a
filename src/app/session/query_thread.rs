//! The thread that reads the data of the page shown, on its own connection, so that commands never wait for it.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::mpsc::Receiver;

use crate::app::session::event::{Event, Events};
use crate::app::session::not_found_query::not_found;
use crate::app::session::problems_query::problems;
use crate::app::session::worker_thread::WorkerThread;
use crate::app::state::queries::{
    GroupDetails, GroupTree, MarkedFaces, PhotoDetails, PhotoList, Photos, Query, QueryRequest,
    QueryResult, Suggestions,
};
use crate::curate::{self, CurateError};
use crate::library::{FaceRow, GroupId, Library, LibraryError, Mark, PhotoId};
use crate::scan;
use crate::stop::StopFlag;

/// A handle to the thread; dropping it ends the thread.
pub struct QueryThread(WorkerThread<QueryRequest>);

impl QueryThread {
    /// Sends no results after `stop` is set.
    pub fn start(library: Library, events: Events, stop: StopFlag) -> std::io::Result<QueryThread> {
        let run = move |requests: &Receiver<QueryRequest>| run(&library, requests, &events, &stop);
        WorkerThread::start("details", run).map(QueryThread)
    }

    pub fn send(&self, request: QueryRequest) {
        self.0.send(request);
    }
}

fn run(library: &Library, requests: &Receiver<QueryRequest>, events: &Events, stop: &StopFlag) {
    while let Ok(request) = requests.recv() {
        // Only the last of several queries for one key is read; the others get an empty result.
        let mut waiting = vec![request];
        waiting.extend(requests.try_iter());
        for (index, QueryRequest { key, .. }) in waiting.iter().enumerate() {
            let is_repeated = waiting[index + 1..].iter().any(|later| later.key == *key);
            if stop.is_set() {
                return;
            }
            let result = if is_repeated {
                None
            } else {
                load_or_report(library, *key, events, stop)
            };
            events.send(Event::QueryResult(*key, result));
        }
    }
}

fn load_or_report(
    library: &Library,
    key: Query,
    events: &Events,
    stop: &StopFlag,
) -> Option<QueryResult> {
    match load(library, key, stop) {
        Ok(result) => result,
        Err(CurateError::Stopped(_)) => None,
        Err(error) => {
            events.failed(error);
            None
        }
    }
}

/// The result; `None` if the subject no longer exists.
fn load(
    library: &Library,
    key: Query,
    stop: &StopFlag,
) -> Result<Option<QueryResult>, CurateError> {
    Ok(Some(match key {
        Query::Group(group_id) => QueryResult::Group(Arc::new(group_details(library, group_id)?)),
        Query::Tree(group_id) => {
            let (faces, tree) = curate::group_dendrogram(library, group_id, stop)?;
            QueryResult::Tree(Arc::new(GroupTree { faces, tree }))
        }
        Query::Photo(photo_id) => match photo_details(library, photo_id)? {
            Some(details) => QueryResult::Photo(Arc::new(details)),
            None => return Ok(None),
        },
        Query::Photos => {
            let (away, present) = library
                .photos()?
                .into_iter()
                .partition(|photo| photo.vanished);
            QueryResult::Photos(Arc::new(PhotoList {
                present: Photos::new(present),
                away: Photos::new(away),
            }))
        }
        Query::Ignored => QueryResult::Ignored(Arc::new(MarkedFaces {
            ignored: library.marked_faces(Mark::Ignored)?,
            not_a_face: library.marked_faces(Mark::NotAFace)?,
        })),
        Query::Suggestions => QueryResult::Suggestions(Arc::new(suggestions(library)?)),
        Query::Review | Query::GoneFolders | Query::LeftOut => return Ok(None),
        Query::Problems => QueryResult::Problems(Arc::new(problems(library)?)),
        Query::NotFound => QueryResult::NotFound(Arc::new(not_found(library)?)),
        Query::Patterns => QueryResult::Patterns(Arc::new(scan::patterns(library)?)),
        Query::History => QueryResult::History(Arc::new(curate::history(library)?)),
    }))
}

fn group_details(library: &Library, group_id: GroupId) -> Result<GroupDetails, LibraryError> {
    let faces = library.faces_of_group(group_id)?;
    let photos = photos_in_order(&faces);
    let often_with = library.often_with(group_id, MAX_COMPANIONS)?;
    Ok(GroupDetails {
        away: library.away_faces_of_group(group_id)?,
        faces,
        photos: photos.into(),
        often_with,
    })
}

fn photos_in_order(faces: &[FaceRow]) -> Vec<PhotoId> {
    let mut seen = std::collections::HashSet::new();
    faces
        .iter()
        .map(|face| face.photo_id)
        .filter(|photo_id| seen.insert(*photo_id))
        .collect()
}

/// Companions shown in the inspector.
const MAX_COMPANIONS: usize = 5;

fn photo_details(
    library: &Library,
    photo_id: PhotoId,
) -> Result<Option<PhotoDetails>, LibraryError> {
    let Some(photo) = library.photo(photo_id)? else {
        return Ok(None);
    };
    let mut faces = library.faces_of_photo(photo_id)?;
    faces.sort_by(|a, b| a.box_in_photo.x.total_cmp(&b.box_in_photo.x));
    let not_found = library.missing_faces_of_photo(photo_id)?.len();
    Ok(Some(PhotoDetails {
        photo,
        faces,
        not_found,
    }))
}

/// The people with most faces first.
fn suggestions(library: &Library) -> Result<Vec<Suggestions>, LibraryError> {
    let mut by_person: HashMap<GroupId, Vec<FaceRow>> = HashMap::new();
    for face in library.suggested_faces()? {
        if let Some(group_id) = face.group {
            by_person.entry(group_id).or_default().push(face);
        }
    }
    let mut suggestions = Vec::new();
    for (group_id, faces) in by_person {
        let size = library.shown_faces(group_id)?;
        suggestions.push((size, Suggestions { group_id, faces }));
    }
    suggestions.sort_by_key(|(size, person)| (Reverse(*size), person.group_id));
    Ok(suggestions.into_iter().map(|(_, person)| person).collect())
}
