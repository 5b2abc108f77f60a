//! The devices that the networks run on.

use std::fmt;
use std::str::FromStr;

use candle_core::Device;
use serde::{Deserialize, Serialize};

use super::VisionError;

/// The device that the user chose. CUDA and Metal need a build with the feature of that name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeviceChoice {
    #[default]
    Cpu,
    Cuda,
    Metal,
}

impl DeviceChoice {
    pub const ALL: [DeviceChoice; 3] = [Self::Cpu, Self::Cuda, Self::Metal];

    /// The devices that this build supports.
    pub fn built() -> Vec<DeviceChoice> {
        let is_built = |device: &DeviceChoice| match device {
            Self::Cpu => true,
            Self::Cuda => cfg!(feature = "cuda"),
            Self::Metal => cfg!(feature = "metal"),
        };
        Self::ALL.into_iter().filter(is_built).collect()
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Cpu => "cpu",
            Self::Cuda => "cuda",
            Self::Metal => "metal",
        }
    }

    /// Opens the first device of its kind.
    pub(super) fn open(self) -> Result<Device, VisionError> {
        let device = match self {
            Self::Cpu => return Ok(Device::Cpu),
            Self::Cuda => Device::new_cuda(0),
            Self::Metal => Device::new_metal(0),
        };
        device.map_err(|error| VisionError::Device {
            device: self.as_str(),
            reason: error.to_string(),
        })
    }
}

impl fmt::Display for DeviceChoice {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl FromStr for DeviceChoice {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|device| device.as_str() == text)
            .ok_or_else(|| format!("{text:?} is not a device; use cpu, cuda or metal"))
    }
}
