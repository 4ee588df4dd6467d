namespace Scoring.Engine.Tests.Hosting;

/// <summary>Hosts of one store see each other's documents.</summary>
public sealed class SharedDocumentsOfHostsTests
{
    private const string Name = "keys";

    [Fact]
    public async Task Who_follows_a_document_knows_what_another_put_once_it_has_refreshed_or_renewed_its_lease()
    {
        await using var bench = new HostBench();
        var (first, second) = await TwoAsync(bench);
        Assert.Equal(0, second.Host.FollowDocument(Name).Version);

        Assert.True(await first.Host.TryPutDocumentAsync(Name, replaced: 0, [1]));
        Assert.Equal(0, second.Host.FollowDocument(Name).Version);
        await second.Host.RefreshAsync();
        Assert.Equal([1], second.Host.FollowDocument(Name).Content);

        Assert.True(await first.Host.TryPutDocumentAsync(Name, replaced: 1, [2]));
        second.Connection.RenewAgain();
        Assert.Equal([2], second.Host.FollowDocument(Name).Content);
    }

    [Fact]
    public async Task Of_two_that_replace_the_same_version_one_does_and_the_other_sees_what_it_put()
    {
        await using var bench = new HostBench();
        var (first, second) = await TwoAsync(bench);
        foreach (var version in new long[] { 0, 1 })
        {
            first.Connection.BeforePut = _ =>
            {
                first.Connection.BeforePut = null;
                Assert.True(second.Host.TryPutDocumentAsync(Name, version, [2]).GetAwaiter().GetResult());
            };

            Assert.False(await first.Host.TryPutDocumentAsync(Name, version, [1]));

            Assert.Equal([2], (await first.Host.ReadDocumentAsync(Name)).Content);
        }
    }

    private static async Task<(HostBench.Seat First, HostBench.Seat Second)> TwoAsync(HostBench bench)
    {
        var first = await bench.StartWithAllAsync();
        return (first, bench.Start());
    }
}
