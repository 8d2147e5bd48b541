//! The least of an HTTP/1.1 client: one request on one kept connection, its answer counted and thrown away.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const BUFFER_BYTES: usize = 128 * 1024;
const HEAD_BYTES_MAX: usize = 16 * 1024;

pub(crate) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// What is kept of an answer.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) is_success: bool,
    pub(crate) body_bytes: usize,
}

impl Connection {
    pub(crate) async fn open(to: SocketAddr) -> Result<Self, String> {
        let stream = TcpStream::connect(to).await.map_err(|error| error.to_string())?;
        stream.set_nodelay(true).map_err(|error| error.to_string())?;
        Ok(Self { stream, buffer: vec![0; BUFFER_BYTES] })
    }

    /// Sends the request and reads the answer to its end.
    pub(crate) async fn ask(&mut self, request: &[u8]) -> Result<Answer, String> {
        self.stream.write_all(request).await.map_err(|error| error.to_string())?;
        let mut filled = 0;
        loop {
            filled += self.read_at(filled).await?;
            if let Some((answer, head_bytes)) = head(&self.buffer[..filled])? {
                let mut left = answer.body_bytes.saturating_sub(filled - head_bytes);
                while left > 0 {
                    left = left.saturating_sub(self.read_at(0).await?);
                }
                return Ok(answer);
            }
            if filled > HEAD_BYTES_MAX {
                return Err("the head of the answer does not end".to_owned());
            }
        }
    }

    async fn read_at(&mut self, from: usize) -> Result<usize, String> {
        match self.stream.read(&mut self.buffer[from..]).await {
            Ok(0) => Err("the server closed the connection".to_owned()),
            Ok(count) => Ok(count),
            Err(error) => Err(error.to_string()),
        }
    }
}

/// The answer's head and its length, once it is all there.
fn head(bytes: &[u8]) -> Result<Option<(Answer, usize)>, String> {
    let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") else { return Ok(None) };
    let text = String::from_utf8_lossy(&bytes[..end]).to_ascii_lowercase();
    let mut lines = text.lines();
    let status = lines.next().and_then(|line| line.split(' ').nth(1)).unwrap_or_default();
    let length = lines.find_map(|line| line.strip_prefix("content-length:")).and_then(|text| text.trim().parse().ok());
    let body_bytes = match length {
        Some(length) => length,
        None if status == "204" || status == "304" => 0,
        None => return Err(format!("the answer of status {status} has no length")),
    };
    Ok(Some((Answer { is_success: status.starts_with('2'), body_bytes }, end + 4)))
}

#[cfg(test)]
mod tests {
    use super::{Answer, head};

    #[test]
    fn head_is_read_once_it_is_whole() {
        let text = b"HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\nhello";
        assert_eq!(head(&text[..30]), Ok(None));
        assert_eq!(head(text), Ok(Some((Answer { is_success: true, body_bytes: 12 }, 39))));
        assert_eq!(
            head(b"HTTP/1.1 304 Not Modified\r\n\r\n"),
            Ok(Some((Answer { is_success: false, body_bytes: 0 }, 29)))
        );
        assert!(head(b"HTTP/1.1 200 OK\r\n\r\n").is_err());
    }
}
