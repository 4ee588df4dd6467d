using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Scoring.Postgres.Tests.Support;

/// <summary>Stands between a server and its database, and cuts connections when it is told to.</summary>
internal sealed class TcpProxy : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly string _socket;
    private readonly Lock _gate = new();
    private readonly List<Link> _links = [];
    private readonly ManualResetEventSlim _flows = new(true);
    private (string User, CutPoint Point)? _cut;
    private (string User, int Bytes)? _cutAfter;
    private volatile string _onlyFlows = "";
    private volatile bool _isDown;

    public TcpProxy(string socket)
    {
        _socket = socket;
        _listener.Start();
        new Thread(Accept) { IsBackground = true }.Start();
    }

    /// <summary>Turns how to connect to a database into how to connect to it by way of this.</summary>
    public string Through(string database) =>
        new Npgsql.NpgsqlConnectionStringBuilder(database)
        {
            Host = "127.0.0.1",
            Port = ((IPEndPoint)_listener.LocalEndpoint).Port,
        }.ConnectionString;

    /// <summary>Cuts the connection of a user once, at what it sends next.</summary>
    public void CutNext(string user, CutPoint point)
    {
        lock (_gate)
        {
            _cut = (user, point);
        }
    }

    /// <summary>Cuts the connection of a user once, when so many more bytes went over it, either way.</summary>
    public void CutAfter(string user, int bytes)
    {
        lock (_gate)
        {
            _cutAfter = (user, bytes);
        }
    }

    /// <summary>Whether a cut that was asked for has been made.</summary>
    public bool HasCut
    {
        get
        {
            lock (_gate)
            {
                return _cut is null && _cutAfter is null;
            }
        }
    }

    /// <summary>Keeps what is sent over connections, either way, but of one user.</summary>
    public void HoldAllBut(string user)
    {
        _onlyFlows = user;
        _flows.Reset();
    }

    /// <summary>Lets go on what was kept.</summary>
    public void LetFlow() => _flows.Set();

    /// <summary>Cuts everything, and takes nothing any more.</summary>
    public void GoDown()
    {
        _isDown = true;
        LetFlow();
        lock (_gate)
        {
            _links.ForEach(link => link.Dispose());
        }
    }

    /// <summary>Takes connections again.</summary>
    public void ComeUp() => _isDown = false;

    /// <summary>Lets what was kept reach the database.</summary>
    public void DeliverLate()
    {
        lock (_gate)
        {
            _links.ForEach(link => link.DeliverLate());
        }
    }

    public void Dispose()
    {
        _listener.Stop();
        GoDown();
    }

    private void Accept()
    {
        try
        {
            while (true)
            {
                var client = _listener.AcceptSocket();
                if (_isDown)
                {
                    client.Dispose();
                    continue;
                }
                var link = new Link(this, client);
                lock (_gate)
                {
                    _links.Add(link);
                }
                link.Start(_socket);
            }
        }
        catch (Exception e) when (e is SocketException or InvalidOperationException)
        {
            // Stopped.
        }
    }

    private CutPoint? CutOf(string user)
    {
        lock (_gate)
        {
            if (_cut is not { } cut || !user.EndsWith(cut.User, StringComparison.Ordinal))
            {
                return null;
            }
            _cut = null;
            return cut.Point;
        }
    }

    /// <summary>How much of what is sent may pass; less than all where the connection is cut in it.</summary>
    private int Passing(string user, int bytes)
    {
        if (!_flows.IsSet && !user.EndsWith(_onlyFlows, StringComparison.Ordinal))
        {
            _flows.Wait();
        }
        lock (_gate)
        {
            if (_cutAfter is not { } cut || !user.EndsWith(cut.User, StringComparison.Ordinal))
            {
                return bytes;
            }
            _cutAfter = bytes > cut.Bytes ? null : cut with { Bytes = cut.Bytes - bytes };
            return Math.Min(bytes, cut.Bytes);
        }
    }

    private sealed class Link(TcpProxy proxy, Socket client) : IDisposable
    {
        private readonly Socket _database = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        private string _user = "";
        private volatile bool _isDeaf;
        private volatile bool _keepsDatabase;
        private byte[] _late = [];

        public void Start(string socket)
        {
            try
            {
                _database.Connect(new UnixDomainSocketEndPoint(socket));
            }
            catch (SocketException)
            {
                client.Dispose();
                return;
            }
            new Thread(FromClient) { IsBackground = true }.Start();
            new Thread(FromDatabase) { IsBackground = true }.Start();
        }

        public void Dispose()
        {
            client.Dispose();
            _database.Dispose();
        }

        public void DeliverLate()
        {
            if (_late.Length > 0)
            {
                try
                {
                    _database.Send(_late);
                }
                catch (SocketException)
                {
                    // Nobody is there any more.
                }
                _database.Dispose();
            }
        }

        private void FromClient() =>
            Pump(
                client,
                bytes =>
                {
                    if (_user.Length == 0 && NameIn(bytes) is { } name)
                    {
                        _user = name;
                    }
                    else if (proxy.CutOf(_user) is { } point)
                    {
                        return Cut(point, bytes);
                    }
                    _database.Send(bytes);
                    return true;
                }
            );

        private void FromDatabase() =>
            Pump(
                _database,
                bytes =>
                {
                    if (_isDeaf)
                    {
                        return false;
                    }
                    client.Send(bytes);
                    return true;
                }
            );

        private bool Cut(CutPoint point, byte[] bytes)
        {
            switch (point)
            {
                case CutPoint.WithinStatement:
                    _database.Send(bytes.AsSpan(0, bytes.Length / 2));
                    break;
                case CutPoint.AfterStatement:
                    _isDeaf = true;
                    _database.Send(bytes);
                    break;
                case CutPoint.BeforeAnswer:
                    _isDeaf = true;
                    _database.Send(bytes);
                    // Closed once the answer has come.
                    return true;
                case CutPoint.LateStatement:
                    (_late, _keepsDatabase) = (bytes, true);
                    break;
            }
            return false;
        }

        private void Pump(Socket from, Func<byte[], bool> forward)
        {
            var buffer = new byte[1 << 20];
            try
            {
                while (from.Receive(buffer) is var read and > 0)
                {
                    var passing = proxy.Passing(_user, read);
                    if (!forward(buffer[..passing]) || passing < read)
                    {
                        break;
                    }
                }
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // Closed by either side.
            }
            client.Dispose();
            if (!_keepsDatabase)
            {
                _database.Dispose();
            }
        }

        /// <summary>What a client says that it is, in the first message of a connection.</summary>
        private static string? NameIn(byte[] bytes)
        {
            var words = Encoding.UTF8.GetString(bytes).Split('\0');
            var at = Array.IndexOf(words, "application_name");
            return at < 0 ? null : words[at + 1];
        }
    }
}
