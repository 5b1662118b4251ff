//! The load's HTTP: one kept-alive connection with one request at a time, as a browser's page has it. The same code
//! asks the node and its peer, and it is thin, because it runs on the cores that it measures.

use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::{Request, client::conn::http1, header};
use hyper_util::rt::TokioIo;
use tokio::{net::TcpStream, time::timeout};

/// No answer within this time is an error of its own kind, so that a node that hangs ends the measurement.
const PATIENCE: Duration = Duration::from_secs(60);

/// A request ready to be sent.
#[derive(Clone)]
pub(crate) struct Prepared {
    pub(crate) path: String,
    pub(crate) body: Bytes,
}

/// One connection.
pub(crate) struct Connection {
    address: String,
    sender: http1::SendRequest<Full<Bytes>>,
}

impl Connection {
    /// Connects to `host:port`.
    pub(crate) async fn open(address: &str) -> Result<Connection, String> {
        let stream = TcpStream::connect(address).await.map_err(|error| format!("connecting: {error}"))?;
        stream.set_nodelay(true).map_err(|error| format!("connecting: {error}"))?;
        let (sender, driver) = http1::handshake(TokioIo::new(stream)).await.map_err(|error| error.to_string())?;
        tokio::spawn(driver);
        Ok(Connection { address: address.into(), sender })
    }

    /// Posts, and reads the answer to its last byte. Anything but status 200 is an error, named by its kind.
    pub(crate) async fn post(&mut self, prepared: &Prepared) -> Result<Bytes, String> {
        let request = Request::post(&prepared.path)
            .header(header::HOST, &self.address)
            .header(header::CONTENT_TYPE, "application/cbor")
            .body(Full::new(prepared.body.clone()))
            .expect("a request of our own");
        let answered = async {
            self.sender.ready().await?;
            let answer = self.sender.send_request(request).await?;
            let status = answer.status().as_u16();
            Ok::<_, hyper::Error>((status, answer.into_body().collect().await?.to_bytes()))
        };
        match timeout(PATIENCE, answered).await {
            Ok(Ok((200, body))) => Ok(body),
            Ok(Ok((status, _))) => Err(format!("status {status}")),
            Ok(Err(error)) => Err(format!("connection: {error}")),
            Err(_) => Err("no answer".into()),
        }
    }
}
