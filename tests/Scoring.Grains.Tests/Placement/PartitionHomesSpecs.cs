using System.Net;
using FsCheck;
using FsCheck.Fluent;
using Scoring.Grains.Placement;

namespace Scoring.Grains.Tests.Placement;

/// <summary>Which silo each partition is to be on.</summary>
public sealed class PartitionHomesSpecs
{
    private const int Partitions = 64;

    private static readonly Gen<SiloAddress[]> AnySilos =
        from count in Gen.Choose(1, 40)
        from ports in Gen.ArrayOf(Gen.Choose(1_000, 60_000), count)
        select Array.ConvertAll(ports.Distinct().ToArray(), port => Silo(port));

    [Fact]
    public void No_silo_has_more_than_1_point_2_times_its_share_whoever_the_silos_are() =>
        Hold(
            AnySilos,
            silos =>
            {
                var counts = Homes(silos).CountBy(home => home).ToList();
                var most = Math.Max(
                    (int)(1.2 * Partitions / silos.Length),
                    (Partitions + silos.Length - 1) / silos.Length
                );
                Assert.All(counts, count => Assert.InRange(count.Value, 1, most));
                Assert.Equal(Partitions, counts.Sum(count => count.Value));
                Assert.All(counts, count => Assert.Contains(count.Key, silos));
            }
        );

    [Fact]
    public void All_silos_agree_in_whatever_order_they_know_each_other() =>
        Hold(
            from silos in AnySilos
            from shuffled in Gen.Shuffle(silos)
            select (silos, shuffled),
            pair => Assert.Equal(Homes(pair.silos), Homes(pair.shuffled))
        );

    [Fact]
    public void When_a_silo_goes_hardly_any_partition_moves_but_its_own()
    {
        var (moved, own) = (0, 0);
        Hold(
            AnySilos.Where(silos => silos.Length is > 1 and <= 12),
            silos =>
            {
                var (before, after) = (Homes(silos), Homes(silos[1..]));
                moved += Moves(before, after);
                own += before.Count(home => home.Equals(silos[0]));
            }
        );
        Assert.InRange(moved, own, own * 2);
    }

    [Fact]
    public void When_a_silo_joins_little_more_than_its_share_moves()
    {
        var (moved, share) = (0, 0.0);
        Hold(
            AnySilos.Where(silos => silos.Length is > 1 and <= 12),
            silos =>
            {
                moved += Moves(Homes(silos[1..]), Homes(silos));
                share += (double)Partitions / silos.Length;
            }
        );
        Assert.InRange(moved, share * 0.5, share * 2);
    }

    [Fact]
    public void A_silo_that_is_started_again_at_its_address_has_its_partitions_again() =>
        Hold(
            AnySilos,
            silos =>
            {
                SiloAddress[] again = [SiloAddress.New(silos[0].Endpoint, 77), .. silos[1..]];
                Assert.Equal(Homes(silos).Select(home => home.Endpoint), Homes(again).Select(home => home.Endpoint));
            }
        );

    [Fact]
    public void Of_two_silos_at_one_address_the_newer_one_counts()
    {
        SiloAddress[] silos = [Silo(1), SiloAddress.New(Silo(1).Endpoint, 2), Silo(2)];

        Assert.DoesNotContain(silos[0], Homes(silos));
        Assert.Equal(Homes(silos[1..]), Homes(silos));
    }

    [Fact]
    public void Homes_never_change_from_version_to_version() =>
        Assert.Equal(
            "BABCBAACABBBCABBCABABCABABACCCAA",
            string.Concat(
                Enumerable
                    .Range(0, 32)
                    .Select(p =>
                        (char)('A' + new PartitionHomes(32, [Silo(1), Silo(2), Silo(3)]).Of(p).Endpoint.Port - 1)
                    )
            )
        );

    [Fact]
    public void Without_a_silo_there_is_no_home() =>
        Assert.Throws<ArgumentException>(() => new PartitionHomes(Partitions, []));

    private static void Hold<T>(Gen<T> any, Action<T> property) =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(300), Prop.ForAll(Arb.From(any), property));

    private static int Moves(SiloAddress[] before, SiloAddress[] after) =>
        before.Zip(after).Count(homes => !homes.First.Equals(homes.Second));

    private static SiloAddress[] Homes(SiloAddress[] silos)
    {
        var homes = new PartitionHomes(Partitions, silos);
        return [.. Enumerable.Range(0, Partitions).Select(homes.Of)];
    }

    private static SiloAddress Silo(int port) => SiloAddress.New(new IPEndPoint(IPAddress.Loopback, port), 1);
}
