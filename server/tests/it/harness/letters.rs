//! A mail server that takes every letter and hands it to the test, or takes none.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    sync::mpsc,
    time::timeout,
};

pub struct Letters {
    pub url: String,
    hear: mpsc::UnboundedReceiver<String>,
    refuses: Arc<AtomicBool>,
}

impl Letters {
    pub async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("smtp://{}", listener.local_addr().unwrap());
        let (say, hear) = mpsc::unbounded_channel();
        let refuses = Arc::<AtomicBool>::default();
        let refusing = Arc::clone(&refuses);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(take_letters(stream, say.clone(), Arc::clone(&refusing)));
            }
        });
        Self { url, hear, refuses }
    }

    pub fn refuse(&self, refuses: bool) {
        self.refuses.store(refuses, Ordering::Relaxed);
    }

    /// The next letter, with the soft line ends of its encoding taken out.
    pub async fn next(&mut self) -> String {
        let letter = timeout(Duration::from_secs(10), self.hear.recv()).await.unwrap().unwrap();
        letter.replace("=\r\n", "").replace("=3D", "=")
    }

    pub fn is_empty(&self) -> bool {
        self.hear.is_empty()
    }
}

async fn take_letters(
    stream: TcpStream,
    say: mpsc::UnboundedSender<String>,
    refuses: Arc<AtomicBool>,
) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    stream.write_all(b"220 sink\r\n").await?;
    let (mut line, mut letter) = (String::new(), None::<String>);
    while stream.read_line(&mut line).await? > 0 {
        let answer = match &mut letter {
            Some(text) if line == ".\r\n" => {
                say.send(std::mem::take(text)).ok();
                letter = None;
                "250 taken\r\n"
            }
            Some(text) => {
                text.push_str(&line);
                ""
            }
            None if line.starts_with("MAIL") && refuses.load(Ordering::Relaxed) => "451 not now\r\n",
            None if line.starts_with("DATA") => {
                letter = Some(String::new());
                "354 go on\r\n"
            }
            None if line.starts_with("QUIT") => return stream.write_all(b"221 bye\r\n").await,
            None => "250 yes\r\n",
        };
        stream.write_all(answer.as_bytes()).await?;
        line.clear();
    }
    Ok(())
}
