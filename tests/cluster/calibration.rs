//! The probability of a match, and the per-person bias.

use kinfolk::cluster::calibration::{Band, log_odds, person_bias, probability};

#[test]
fn probability_rises_with_similarity_and_falls_with_a_near_second_person() {
    let at = |similarity, runner_up| probability(log_odds(similarity, runner_up));
    assert!(at(0.3, -1.0) < at(0.4, -1.0));
    assert!(at(0.5, 0.2) > at(0.5, 0.3));
    assert_eq!(
        at(0.5, -1.0),
        at(0.5, 0.0),
        "nobody else is as far away as a stranger"
    );
    assert!(at(1.0, 0.0) > 0.999 && at(0.0, 0.0) < 0.001);
}

#[test]
fn bands_follow_the_probability() {
    assert_eq!(Band::of(0.0), Band::Unknown);
    assert_eq!(Band::of(0.3), Band::Suggested);
    assert_eq!(Band::of(0.5), Band::Accepted);
    assert!(Band::Accepted > Band::Suggested && Band::Suggested > Band::Unknown);
}

#[test]
fn without_answers_the_bias_is_zero() {
    assert_eq!(person_bias(&[], &[]), 0.0);
}

#[test]
fn a_rejected_likely_face_lowers_the_bias_and_a_confirmed_unlikely_one_raises_it() {
    assert!(person_bias(&[], &[3.0]) < -0.2);
    assert!(person_bias(&[-3.0], &[]) > 0.2);
    assert!(person_bias(&[], &[3.0, 3.0]) < person_bias(&[], &[3.0]));
}

#[test]
fn predicted_answers_change_almost_nothing() {
    assert!(person_bias(&[8.0; 50], &[-8.0; 50]).abs() < 0.02);
}

#[test]
fn bias_is_the_maximum_of_the_posterior() {
    let (confirmed, rejected) = ([-2.0, 0.5, 4.0, -40.0], [-1.0, 2.5]);
    let posterior = |person_bias: f64| {
        let prior = -person_bias * person_bias / (2.0 * 0.7 * 0.7);
        let foreseen =
            |sign: f64, log_odds: &f64| -(-sign * (log_odds + person_bias)).exp().ln_1p();
        prior
            + confirmed.iter().map(|z| foreseen(1.0, z)).sum::<f64>()
            + rejected.iter().map(|z| foreseen(-1.0, z)).sum::<f64>()
    };
    let best = person_bias(&confirmed, &rejected);
    assert!(posterior(best) > posterior(best + 0.01));
    assert!(posterior(best) > posterior(best - 0.01));
}

#[test]
fn a_thousand_odd_answers_stay_within_bounds() {
    assert_eq!(person_bias(&[-30.0; 1000], &[]), 2.0);
    assert_eq!(person_bias(&[], &[30.0; 1000]), -2.0);
}
