//! What the figures have to be, so that nobody on the line waits for the screen or sees it stumble.

use serde::Serialize;
use serde_json::Value;

/// A figure that has to be small.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Limit {
    /// The measurement.
    pub(super) measurement: &'static str,
    /// Its figure.
    pub(super) figure: &'static str,
    /// It may be so large, in the figure's own unit.
    pub(super) most: f64,
}

/// All of them: a frame takes less than 2 ms, of the clock and, all but one in a hundred, of the processor; none is
/// drawn for nothing; an idle program takes less than a hundredth of a core; the slowest key is answered within 50 ms.
pub(super) const LIMITS: [Limit; 5] = [
    Limit { measurement: "frame", figure: "median-ms", most: 2.0 },
    Limit { measurement: "frame", figure: "p99-processor-ms", most: 2.0 },
    Limit { measurement: "idle-minute", figure: "frames-without-change", most: 0.0 },
    Limit { measurement: "idle-program", figure: "program-percent", most: 1.0 },
    Limit { measurement: "keys", figure: "slowest-ms", most: 50.0 },
];

/// Whether a figure keeps to its limit.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Verdict {
    #[serde(flatten)]
    pub(super) limit: Limit,
    /// What was measured.
    pub(super) value: f64,
    /// Whether it is small enough. What was not measured is not.
    pub(super) kept: bool,
}

/// The limit of a figure of a measurement.
pub(super) fn of(measurement: &str, figure: &str) -> Option<Limit> {
    LIMITS.into_iter().find(|limit| (limit.measurement, limit.figure) == (measurement, figure))
}

impl Limit {
    /// Judges the figures of its measurement.
    pub(super) fn judge(self, figures: &Value) -> Verdict {
        let value = figures[self.figure].as_f64().unwrap_or(f64::NAN);
        Verdict { limit: self, value, kept: value <= self.most }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_figure_is_judged_by_its_limit_and_one_that_is_missing_has_failed() {
        let keys = of("keys", "slowest-ms").expect("a limit");
        assert!(keys.judge(&json!({ "slowest-ms": 50.0 })).kept);
        assert!(!keys.judge(&json!({ "slowest-ms": 50.1 })).kept);
        assert!(!keys.judge(&json!({ "slowest": 1.0 })).kept);
        assert!(!keys.judge(&json!({ "slowest-ms": null })).kept, "NaN is written as nothing");
        let frames = of("idle-minute", "frames-without-change").expect("a limit");
        assert!(frames.judge(&json!({ "frames-without-change": 0 })).kept);
        assert!(!frames.judge(&json!({ "frames-without-change": 1 })).kept);
        assert!(of("frame", "bytes-a-frame").is_none());
    }
}
