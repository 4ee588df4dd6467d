using Scoring.Acceptance.Tests.Servers;
using Scoring.Postgres.Tests.Support;

namespace Scoring.Acceptance.Tests.Crashes;

/// <summary>Three servers whose connections to PostgreSQL are cut or held.</summary>
public sealed class CutConnections(PostgresServer postgres) : IClassFixture<PostgresServer>, IAsyncDisposable
{
    private const int Cuts = 20;
    private const string Refused = "was taken over by another server; this one answers for it no more";

    private readonly List<TcpProxy> _proxies = [];
    private ThreeServers? _servers;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Every_event_counts_once_although_commits_are_cut_off_at_random_bytes(int databases)
    {
        var all = Enumerable.Range(0, databases).Select(_ => Proxy().Through(postgres.NewDatabase()));
        _servers = await ThreeServers.StartAsync(string.Join(" | ", all));
        var random = new Random(databases);
        await Load.DuringAsync(
            _servers.All,
            Load.Timeout,
            async load =>
            {
                for (var cut = 0; cut < Cuts; cut++)
                {
                    var proxy = _proxies[random.Next(databases)];
                    proxy.CutAfter("log", random.Next(1, 20_000));
                    await load.UntilAsync(() => proxy.HasCut, "commit");
                    await load.MoreAsync(random.Next(1, 100));
                }
            }
        );
    }

    [Fact]
    public async Task Of_two_servers_that_both_take_themselves_for_the_owner_one_is_refused_and_nothing_is_lost()
    {
        var database = postgres.NewDatabase();
        _servers = await ThreeServers.StartAsync([.. Enumerable.Range(0, 3).Select(_ => Proxy().Through(database))]);
        var (former, proxy) = (_servers.All[0], _proxies[0]);
        await Load.DuringAsync(
            _servers.All,
            Load.Impatience,
            async load =>
            {
                await load.MoreAsync(300);
                // Nobody tells it that it was replaced: it hears of nothing but its commits.
                proxy.HoldAllBut("log");
                former.Suspend();
                await load.AnswersForEveryoneAsync(_servers.All[1]);
                former.Resume();
                await load.MoreAsync(1_000);
                proxy.LetFlow();
                await load.UntilAsync(() => !load.Replaced.IsEmpty, "server ended itself");
                await load.AnswersForEveryoneAsync(former);
                Assert.Contains(Refused, load.Replaced.First(), StringComparison.Ordinal);
            }
        );
    }

    public async ValueTask DisposeAsync()
    {
        if (_servers is not null)
        {
            await _servers.DisposeAsync();
        }
        _proxies.ForEach(proxy => proxy.Dispose());
    }

    private TcpProxy Proxy()
    {
        var proxy = new TcpProxy(postgres.Socket);
        _proxies.Add(proxy);
        return proxy;
    }
}
