//! The compressed copies of files: those that lie beside them, and new ones of a page that was changed.

use std::collections::HashMap;
use std::io::{Read as _, Write as _};

use bytes::Bytes;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;

/// All files together, unpacked or not; the app has less than one. Beyond it `static_dir` is more likely somebody's home.
pub(super) const MOST_BYTES: usize = 64 * 1024 * 1024;

/// The compressed file beside `name`, if it is what it says.
pub(super) fn compressed(
    found: &HashMap<String, Bytes>,
    name: &str,
    ending: &str,
    decompress: fn(&[u8], &mut Vec<u8>) -> std::io::Result<()>,
) -> Option<Bytes> {
    let plain = found.get(name)?;
    let compressed = found.get(&format!("{name}{ending}"))?;
    let mut decompressed = Vec::with_capacity(plain.len());
    let is_same = decompress(compressed, &mut decompressed).is_ok() && decompressed == *plain;
    if !is_same {
        tracing::warn!(
            name,
            ending,
            "is not the file compressed and is not served; build the app again"
        );
    }
    is_same.then(|| compressed.clone())
}

pub(super) fn unbrotli(compressed: &[u8], out: &mut Vec<u8>) -> std::io::Result<()> {
    brotli::Decompressor::new(compressed, 4096)
        .take(MOST_BYTES as u64)
        .read_to_end(out)?;
    Ok(())
}

pub(super) fn gunzip(compressed: &[u8], out: &mut Vec<u8>) -> std::io::Result<()> {
    GzDecoder::new(compressed)
        .take(MOST_BYTES as u64)
        .read_to_end(out)?;
    Ok(())
}

pub(super) fn brotli_of(plain: &[u8]) -> std::io::Result<Bytes> {
    let mut compressor = brotli::CompressorWriter::new(Vec::new(), 4096, 11, 18);
    compressor.write_all(plain)?;
    Ok(compressor.into_inner().into())
}

pub(super) fn gzip_of(plain: &[u8]) -> std::io::Result<Bytes> {
    let mut compressor = GzEncoder::new(Vec::new(), Compression::best());
    compressor.write_all(plain)?;
    Ok(compressor.finish()?.into())
}
