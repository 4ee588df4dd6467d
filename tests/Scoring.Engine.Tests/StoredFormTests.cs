using System.Text;
using Microsoft.Extensions.Time.Testing;
using Scoring.Core.Adjustments;
using Scoring.Core.History;
using Scoring.Core.Names;
using Scoring.Core.Recording;
using Scoring.Core.Time;
using Scoring.Core.Workspaces;
using Scoring.Engine.Archive;
using Scoring.Engine.Checkpoints;
using Scoring.Engine.Duplicates;
using Scoring.Engine.Files;
using Scoring.Engine.Hosting;
using Scoring.Engine.Journal;
using Scoring.Engine.Partitions;
using Scoring.Engine.Snapshots;
using Scoring.Engine.Storage;
using Scoring.Engine.Tests.Hosting;
using Scoring.Engine.Workspaces;

namespace Scoring.Engine.Tests;

/// <summary>
/// What is stored of each kind lies in <c>StoredForms.txt</c>, byte by byte: a change there is another layout, whose number is
/// <see cref="CheckedFile.Version"/>, and stores of the one before cannot be opened any more.
/// </summary>
public sealed class StoredFormTests
{
    private const long Identity = 0x0102030405060708;
    private static readonly Instant Received = new(630_000_000_000_000_000);

    /// <summary>The stored forms by name.</summary>
    internal static Dictionary<string, byte[]> Pinned { get; } =
        File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "StoredForms.txt"))
            .Select(line => line.Split(' '))
            .ToDictionary(parts => parts[0], parts => Convert.FromHexString(parts[1]));

    private static readonly StoredSettings Settings = new(
        new WindowBounds(TimeSpan.FromHours(1), 100, 1_000),
        [new StoredWorkspace("acme", [7, 30], ["ping"], ["cancelled"], ["renewed", "bought"])]
    );

    private static readonly PartitionState State = new(
        LastEntry: 12,
        CheckpointEntry: 10,
        Received,
        WindowHead: 3,
        WindowTail: 9,
        OutcomeDigest: 0xDDCCBBAA99887766,
        Refused(),
        new Dictionary<int, RowCounts> { [0] = new(5, 2) },
        Settings,
        [new SnapshotFile(4, SnapshotKind.Everyone, 8_192, new(2, 0x1122334455667788), 0)],
        Archives: null
    );

    private static readonly ArchiveState Archived = new(
        Received,
        Received + TimeSpan.FromHours(1),
        [new ArchiveFile(7, 0, 1, 4_096, 4_000, 0x1122334455667788, 99, 3, 5, 10, Received, Received)],
        [new(9, Received, 17, "", []), new(10, Received, -1, "acme", []), new(10, Received, -1, "", [Name])]
    );

    private static readonly RecordedCorrection Correction = new(
        "c1",
        new PastEvent("login", Received, Received + TimeSpan.FromSeconds(1), 2.5, "export", ""),
        new CorrectedEvent("purchase", Received, 3, "search")
    );

    private static readonly CorrectionCommand Correct = new(
        "ada",
        0xDDCCBBAA99887766,
        new byte[] { 1, 2 },
        [CorrectionCodec.Write(Correction), new byte[] { 3 }],
        new byte[] { 4, 5 }
    );

    private static KnownName Name => new(NameKind.EventType, "ping");

    private static readonly ScoreAdjustment Adjustment = new(
        "engagement",
        AdjustmentKind.Add,
        12.5,
        "Renewed.",
        "key k1 (Ada)",
        Received,
        Received + TimeSpan.FromDays(30)
    );

    private static readonly ScoreAdjustment Other = Adjustment with
    {
        Model = "trial",
        Kind = AdjustmentKind.Set,
        ExpireTime = null,
    };

    private static readonly StoredModel Stored = Named("engagement");

    public static TheoryData<string> Forms =>
        [
            "layout",
            "settings",
            "state",
            "archives",
            "model",
            "deleted",
            "former",
            "row",
            "adjusted",
            "adjust",
            "merged",
            "survivor",
            "names",
            "fence",
            "merge",
            "merges",
            "ids",
            "snapshot",
            "frame",
            "update",
            "file",
            "correction",
            "correct",
        ];

    [Theory]
    [MemberData(nameof(Forms))]
    public void What_is_stored_has_the_form_of_its_layout(string form)
    {
        var stored = Convert.ToHexString(Written(form));

        Assert.True(
            Pinned.TryGetValue(form, out var pinned) && stored == Convert.ToHexString(pinned),
            $"The stored form has changed:\n{form} {stored}"
        );
    }

    [Fact]
    public void What_is_stored_is_read()
    {
        var reader = new BlobReader(Pinned["settings"]);
        Assert.True(StoredSettings.Read(ref reader).MeansTheSameAs(Settings));
        reader = new BlobReader(Pinned["state"]);
        var state = PartitionState.Read(ref reader);
        Assert.Equal(
            (State.LastEntry, State.CheckpointEntry, State.LastReceipt, State.WindowHead, State.WindowTail),
            (state.LastEntry, state.CheckpointEntry, state.LastReceipt, state.WindowHead, state.WindowTail)
        );
        Assert.Equal((State.OutcomeDigest, State.RowsOf(0)), (state.OutcomeDigest, state.RowsOf(0)));
        Assert.Equal(State.Files, state.Files);
        Assert.True(state.Refused.Contain(11, 9));
        reader = new BlobReader(Pinned["archives"]);
        var archived = PartitionState.Read(ref reader);
        Assert.Null(state.Archives);
        Assert.Equal((State.LastEntry, State.RowsOf(0)), (archived.LastEntry, archived.RowsOf(0)));
        Assert.Equal(Archived.CompleteSince, archived.ArchiveOf(0)!.CompleteSince);
        Assert.Equal(Archived.AccountsSince, archived.ArchiveOf(0)!.AccountsSince);
        Assert.Equal(Archived.Files, archived.ArchiveOf(0)!.Files);
        Assert.Equal(Archived.Voids, archived.ArchiveOf(0)!.Voids, (one, other) => one.IsSame(other));
        Assert.True(archived.ArchiveOf(1)!.IsEmpty);
        // As it was before changes of accounts were kept.
        reader = new BlobReader(Pinned["archives-of-customers"]);
        archived = PartitionState.Read(ref reader);
        Assert.Equal((State.LastEntry, State.RowsOf(0)), (archived.LastEntry, archived.RowsOf(0)));
        Assert.Equal(Archived.CompleteSince, archived.ArchiveOf(0)!.CompleteSince);
        Assert.False(archived.ArchiveOf(0)!.KeepsAccounts);
        Assert.Equal(Archived.Files, archived.ArchiveOf(0)!.Files);
        Assert.Equal(Correction, CorrectionCodec.Read(Pinned["correction"]));
        var correct = CorrectionCommand.Read(Pinned["correct"]);
        Assert.Equal((Correct.CustomerId, Correct.Digest), (correct.CustomerId, correct.Digest));
        Assert.Equal(Correct.Customer.ToArray(), correct.Customer.ToArray());
        Assert.Equal(Correct.Corrections.Select(of => of.ToArray()), correct.Corrections.Select(of => of.ToArray()));
        Assert.Equal(Correct.Replacement.ToArray(), correct.Replacement.ToArray());
        reader = new BlobReader(Pinned["model"]);
        Assert.Equal("engagement", StoredModel.Read(ref reader).Model.Name);
        reader = new BlobReader(Pinned["deleted"]);
        var models = StoredModels.Read(ref reader);
        Assert.Equal("more", Assert.Single(models.Current).Model.Name);
        Assert.Equal(new DeletedModel(0, "engagement", 3, "hash"), Assert.Single(models.Deleted));
        reader = new BlobReader(Pinned["former"]);
        Assert.Equal(Stored.Model.Terms, FormerModels.Read(ref reader, FormerModels.None).Find("engagement", 3)!.Terms);
        Assert.True(FrameHeader.TryRead(Pinned["frame"], Pinned["frame"].Length, out var frame));
        Assert.True(frame.Matches(Pinned["frame"]));
        var entry = Assert.Single(FrameRow.Read(1, 5, Pinned["frame"].AsMemory(FrameHeader.Bytes), "here"));
        Assert.Equal("event", Encoding.UTF8.GetString(entry.Content.Span[Command.HeaderBytes..]));
        Assert.Equal(0, new WorkspaceShare(0, WorkspaceSettings()).LoadCustomer(1, Pinned["row"]));
        var share = new WorkspaceShare(0, WorkspaceSettings());
        share.LoadCustomer(1, Pinned["adjusted"]);
        Assert.Equal([Adjustment, Other], share.Population.Describe(0, Received).Adjustments);
        Assert.Equal(0, new WorkspaceShare(0, WorkspaceSettings()).LoadCustomer(1, Pinned["survivor"]));
        Assert.Equal(["ada", "bob"], MergeDocument.Read("", Pinned["merges"]).Plan!.CustomerIds);
    }

    [Theory]
    [InlineData("row-without-uses")]
    [InlineData("row-without-days")]
    public void A_customer_in_a_form_that_earlier_builds_wrote_is_read_and_written_in_that_of_today(string form)
    {
        var share = new WorkspaceShare(0, WorkspaceSettings());
        share.LoadCustomer(1, Pinned[form]);
        var read = share.Population.Describe(0, Received);
        using var blob = new BlobWriter();
        share.Population.Write(0, blob);
        var again = new WorkspaceShare(0, WorkspaceSettings());
        again.LoadCustomer(1, blob.Written);

        Assert.Equal(Pinned["row"][0], blob.Written[0]);
        Assert.Null(Assert.Single(read.Events).LastDay);
        Assert.Equivalent(read, again.Population.Describe(0, Received), strict: true);
    }

    [Fact]
    public void Models_of_a_store_from_before_any_could_be_deleted_are_read_and_written_as_they_are()
    {
        using var older = new BlobWriter();
        older.Int32(1);
        older.Bytes(Pinned["model"]);

        var reader = new BlobReader(older.Written);
        var models = StoredModels.Read(ref reader);

        Assert.Empty(models.Deleted);
        Assert.Equal(older.Written.ToArray(), BlobWriter.Encode(models.Write));
    }

    private static StoredModel Named(string name) => new(0, Samples.Model() with { Name = name, Version = 3 }, "hash");

    private static byte[] Written(string form)
    {
        using var blob = new BlobWriter();
        switch (form)
        {
            case "layout":
                blob.Int32(CheckedFile.Version);
                break;
            case "settings":
                Settings.Write(blob);
                break;
            case "state":
                State.Write(blob);
                break;
            case "archives":
                (State with { Archives = new Dictionary<int, ArchiveState> { [0] = Archived } }).Write(blob);
                break;
            case "model":
                Stored.Write(blob);
                break;
            case "deleted":
                StoredModels.None.With(Stored).With(Named("more")).Without(Stored).Write(blob);
                break;
            case "former":
                FormerModels.None.With(Stored.Model).Write(blob);
                break;
            case "row":
                Share().Population.Write(0, blob);
                break;
            case "merged":
                var merged = Share().Population;
                merged.BeginMerge(0, "eve");
                merged.Write(0, blob);
                merged.EndMerge(0);
                merged.Write(0, blob);
                break;
            case "survivor":
                using (var adopted = new BlobWriter())
                {
                    Share().Population.Write(0, adopted);
                    var survivor = new WorkspaceShare(0, WorkspaceSettings()).Population;
                    survivor.Write(survivor.Adopt("eve", adopted.Written, Received), blob);
                }
                break;
            case "fence":
                var numbered = Share().Population;
                numbered.RaiseMergeFence(5);
                numbered.WriteNames(blob);
                break;
            case "merge":
                using (var step = new MergeStep(5, "ada", "eve", new byte[] { 1, 2 }, 3).Write())
                {
                    blob.Bytes(step.Written);
                }
                break;
            case "merges":
                blob.Bytes(new MergeDocument(5, new("eve", ["ada", "bob"])).Write());
                break;
            case "adjusted":
                var adjusted = Share();
                Assert.True(adjusted.Adjust("ada", "engagement", Adjustment, Received));
                Assert.True(adjusted.Adjust("ada", "trial", Other, Received));
                adjusted.Population.Write(0, blob);
                break;
            case "adjust":
                using (var put = AdjustmentCodec.Write("ada", "engagement", Adjustment))
                using (var removal = AdjustmentCodec.Write("ada", "engagement", adjustment: null))
                {
                    blob.Bytes(put.Written);
                    blob.Bytes(removal.Written);
                }
                break;
            case "names":
                Share().Population.WriteNames(blob);
                break;
            case "ids":
                var block = new WindowBlock();
                (block[0], block[1]) = (new(1, 2, Received.Ticks), new(UInt128.MaxValue, 3, Received.Ticks));
                block.Write(2, blob);
                break;
            case "update":
                UpdateCodec.Write(blob, 1, new CustomerUpdate("ada", "acme", [new("plan", "gold")]));
                UpdateCodec.Write(blob, 2, new AccountUpdate("acme", 25, [new("tier", "one")]));
                NamesCodec.Write(blob, [new(NameKind.Feature, "export")]);
                break;
            case "correction":
                blob.Bytes(CorrectionCodec.Write(Correction));
                break;
            case "correct":
                using (var command = Correct.Write())
                {
                    blob.Bytes(command.Written);
                }
                break;
            case "frame":
                using (var frame = TestFrames.Compose([0, 4], (1, "event")))
                {
                    blob.Bytes(frame.Seal(7, 0x1122334455667788, Identity, out _)[..frame.Length]);
                }
                break;
            case "snapshot":
                return Snapshot();
            default:
                return SmallFile();
        }
        return blob.Written.ToArray();
    }

    private static byte[] Snapshot()
    {
        var store = new SharedStore(new FakeTimeProvider()).Connect();
        store.Make(Identity, _ => { });
        using (var writer = new SnapshotWriter(store, partition: 0, number: 4))
        {
            var length = new StoredRow(0, RowKind.Customer, 0).Begin(writer.Frame, entry: 12);
            writer.Frame.Bytes("row"u8);
            StoredRow.End(writer.Frame, length);
            writer.EndFrame();
            writer.Complete(SnapshotKind.Everyone);
        }
        using var blob = store.OpenBlob(0, 4);
        var bytes = new byte[100];
        Assert.Equal(bytes.Length, blob.Read(bytes, 0));
        return bytes;
    }

    private static byte[] SmallFile()
    {
        var folder = Directory.CreateTempSubdirectory("scoring-forms-");
        try
        {
            var path = Path.Combine(folder.FullName, "scoring.settings");
            CheckedFile.Replace(path, Identity, "content"u8, held: null);
            return File.ReadAllBytes(path);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static RefusedItems Refused()
    {
        var refused = new RefusedItems();
        refused.Add(11, 9);
        return refused;
    }

    private static WorkspaceSettings WorkspaceSettings() => Settings.Workspaces[0].ToSettings(configured: null);

    private static WorkspaceShare Share()
    {
        var share = new WorkspaceShare(0, WorkspaceSettings());
        var login = new Sample("ada", "1", "login", 2.5, Received, Account: "acme", Feature: "export");
        using var batch = Samples.Batch([login, login]);
        var events = batch.GetEnumerator();
        while (events.MoveNext())
        {
            var lookup = Core.Populations.Population.BeginLookup(events.CurrentCustomerId);
            share.Population.Record(events.Current, lookup, Received, out _);
        }
        share.Upsert(new CustomerUpdate("ada", "acme", [new("plan", "gold")]), Received, 0);
        return share;
    }
}
