using System.Text;
using Scoring.Core.History;
using Scoring.Core.Recording;

namespace Scoring.Engine.Tests;

/// <summary>What was deleted leaves the files too.</summary>
public sealed class DeletionTests
{
    private const string Customer = "somebody-who-wants-to-be-forgotten";
    private const string Account = "company-that-went-elsewhere";

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task What_was_deleted_stands_in_no_file_once_a_checkpoint_is_written(int seed)
    {
        var random = new Random(seed);
        await using var harness = new EngineHarness();
        await harness.Open();
        await harness.Record([.. Enumerable.Range(0, 500).Select(i => new Sample($"c{i}", Type: "purchase"))]);
        for (var step = 0; step < 20; step++)
        {
            await Know(harness, random);
        }
        await Know(harness);
        Assert.True(Stands(harness, Customer) && Stands(harness, Account));

        await harness.Delete(Customer);
        await harness.DeleteAccount(Account, releaseCustomers: true);
        await harness.Record(new Sample("c0", Type: "login"));
        if (random.Next(2) == 0)
        {
            await harness.CrashAndReopen();
        }
        await harness.Engine.CheckpointAsync(EngineHarness.Cancellation);

        Assert.False(Stands(harness, Customer) || Stands(harness, Account));
        await harness.CrashAndReopen();
        Assert.Null(await harness.Customer(Customer));
        Assert.Equal(500, (await harness.Segment(query => query)).Customers);
        Assert.Equal(2, await harness.CountOf("c0"));
        await harness.Record(new Sample("c0", Type: "login"));
        await harness.CrashAndReopen();
        Assert.Equal(3, await harness.CountOf("c0"));
    }

    [Fact]
    public async Task What_was_deleted_before_a_crash_kept_it_from_being_erased_is_erased_by_the_first_checkpoint_afterwards()
    {
        await using var harness = new EngineHarness();
        await harness.Open();
        await Know(harness);
        await harness.Delete(Customer);
        await harness.DeleteAccount(Account, releaseCustomers: true);
        // The states say that it is done; what the journal holds is not erased yet.
        harness.Probe = step =>
        {
            if (step == CommitStep.IndexReplaced)
            {
                harness.Probe = null;
                throw new InvalidOperationException("crash");
            }
        };
        _ = harness.Engine.CheckpointAsync(EngineHarness.Cancellation);
        await harness.CrashAndReopen();

        await harness.Engine.CheckpointAsync(EngineHarness.Cancellation);

        Assert.False(Stands(harness, Customer) || Stands(harness, Account));
    }

    [Fact]
    public async Task A_graceful_stop_erases_what_was_deleted()
    {
        await using var harness = new EngineHarness();
        await harness.Open();
        await Know(harness);
        await harness.Engine.CheckpointAsync(EngineHarness.Cancellation);
        await harness.Delete(Customer);
        await harness.DeleteAccount(Account, releaseCustomers: true);

        await harness.Engine.DisposeAsync();

        Assert.False(Stands(harness, Customer) || Stands(harness, Account));
        await harness.Open();
        Assert.NotNull(await harness.Customer("c1"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Ids_that_were_merged_leave_the_files_with_the_survivor(bool crashes)
    {
        await using var harness = new EngineHarness();
        await harness.Open();
        await Know(harness);
        await harness.Engine.CheckpointAsync(EngineHarness.Cancellation);
        await harness.Merge("survivor-of-somebody", Customer);
        await harness.Record(new Sample(Customer));
        await harness.Engine.CheckpointAsync(EngineHarness.Cancellation);
        await harness.Record(new Sample(Customer));

        await harness.Delete("survivor-of-somebody");
        if (crashes)
        {
            await harness.CrashAndReopen();
        }
        await harness.Engine.CheckpointAsync(EngineHarness.Cancellation);

        Assert.False(Stands(harness, Customer) || Stands(harness, "survivor-of-somebody"));
        await harness.CrashAndReopen();
        Assert.Null(await harness.Customer(Customer));
        Assert.Equal(1, (await harness.Segment()).Customers);
    }

    /// <summary>Has somebody known, and stored here and there.</summary>
    private static async Task Know(EngineHarness harness, Random? random = null)
    {
        switch (random?.Next(6))
        {
            case 0:
                await harness.Engine.CheckpointAsync(EngineHarness.Cancellation);
                break;
            case 1:
                await harness.CrashAndReopen();
                break;
            case 2:
                await harness.Delete(Customer);
                break;
            case 3:
                await harness.DeleteAccount(Account, releaseCustomers: true);
                break;
            default:
                await harness.Upsert(new AccountUpdate(Account, 7, []));
                var wrong = new Sample(Customer, At: harness.Now, Account: Account);
                await harness.Record(wrong, new Sample(Customer, Account: Account), new Sample("c1", Account: Account));
                await harness.Correct(
                    new EventCorrection(
                        Customer,
                        new("login", harness.Now),
                        new("purchase", harness.Now, AccountId: Account)
                    )
                );
                break;
        }
    }

    private static bool Stands(EngineHarness harness, string id) =>
        Directory
            .EnumerateFiles(harness.Directory, "*", SearchOption.AllDirectories)
            .Where(file => Path.GetFileName(file) != "scoring.lock")
            .Any(file => Encoding.Latin1.GetString(File.ReadAllBytes(file)).Contains(id, StringComparison.Ordinal));
}
