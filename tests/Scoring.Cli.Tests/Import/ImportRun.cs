using System.Text;
using Scoring.Cli.Import;
using Scoring.Cli.Import.Mapping;
using Scoring.Cli.Import.Rejects;
using Scoring.Cli.Tests.Support;
using Scoring.Client;

namespace Scoring.Cli.Tests.Import;

/// <summary>Imports of a folder into a fake server, as the command does it.</summary>
internal sealed class ImportRun : IDisposable
{
    public TempFolder Folder { get; } = new();

    public FakeTarget Target { get; } = new();

    public void Dispose() => Folder.Dispose();

    public async Task<ImportReport> RunAsync(
        string mapping,
        string? path = null,
        bool restart = false,
        string? rejects = null
    )
    {
        var read = MappingReader.Read("mapping.yaml", Encoding.UTF8.GetBytes(mapping));
        var files = ImportFiles.Find(read, path ?? Folder.Path);
        var importer = new Importer(
            new ServerTarget(Target, workspace: "", new RetryPolicy(new RetryOptions { GiveUpAfter = TimeSpan.Zero })),
            (file, hash) =>
                ImportJournal.Open(
                    Path.Combine(Folder.Path, "state"),
                    new("http://localhost:5081/", "", file.FileName, hash, read.Sha256, 0, 0, null),
                    restart
                ),
            rejects is null ? null : columns => RejectsWriter.Create(rejects, columns)
        );
        return await importer.RunAsync(files, TestContext.Current.CancellationToken);
    }
}
