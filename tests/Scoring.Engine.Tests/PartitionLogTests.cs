using Scoring.Core;
using Scoring.Engine.Files;
using Scoring.Engine.Journal;

namespace Scoring.Engine.Tests;

/// <summary>The log in files.</summary>
public sealed class PartitionLogTests : PartitionLogSpecs
{
    private const long Identity = 7;
    private readonly string _directory = Directory.CreateTempSubdirectory("scoring-log-").FullName;

    public PartitionLogTests() => Store(_ => { }).Make(Identity, _ => { });

    protected override void Dispose(bool isDisposing) => Directory.Delete(_directory, recursive: true);

    private protected override IPartitionLog Open(IReadOnlyList<LogSpan> spans, Action<CommitStep> probe) =>
        Store(probe).OpenLog(Identity, Durability.OnDisk, spans);

    private FileStore Store(Action<CommitStep> probe) =>
        new(
            new EngineOptions
            {
                DataDirectory = _directory,
                CheckpointBytes = 64 << 10,
                CommitProbe = probe,
            }
        );
}
