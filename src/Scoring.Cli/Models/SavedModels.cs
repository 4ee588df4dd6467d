using System.Text;
using Google.Protobuf;
using Scoring.Cli.Terminal;
using Scoring.V1;

namespace Scoring.Cli.Models;

/// <summary>Models in files, as JSON.</summary>
internal static class SavedModels
{
    // As the models that ship with the server are written.
    private static readonly JsonFormatter Formatter = new(
        JsonFormatter.Settings.Default.WithPreserveProtoFieldNames(true).WithIndentation()
    );

    /// <summary>Whether a file is meant, and not a model on the server: no name of a model has a dot or a slash.</summary>
    public static bool IsFile(string text) => text.AsSpan().ContainsAny("./\\") || File.Exists(text);

    /// <exception cref="CommandFailedException">It cannot be written.</exception>
    public static async Task WriteAsync(FileInfo file, ScoringModel model, CancellationToken cancellationToken)
    {
        try
        {
            await File.WriteAllTextAsync(file.FullName, Formatter.Format(model) + "\n", cancellationToken);
        }
        catch (Exception e) when (FileProblem.Is(e))
        {
            throw FileProblem.Writing(file.ToString(), e);
        }
    }

    /// <exception cref="CommandFailedException">It cannot be read, or holds no model.</exception>
    public static async Task<ScoringModel> ReadAsync(FileInfo file, CancellationToken cancellationToken)
    {
        var bytes = await ReadBytesAsync(file, cancellationToken);
        try
        {
            return JsonParser.Default.Parse<ScoringModel>(Encoding.UTF8.GetString(bytes).TrimStart('\uFEFF'));
        }
        catch (Exception e) when (e is InvalidProtocolBufferException or InvalidJsonException)
        {
            throw new CommandFailedException($"{file}: not a model in JSON: {e.Message}", e);
        }
    }

    /// <exception cref="CommandFailedException">It cannot be read, or is not in UTF-8.</exception>
    public static async Task<byte[]> ReadBytesAsync(FileInfo file, CancellationToken cancellationToken)
    {
        try
        {
            var bytes = await File.ReadAllBytesAsync(file.FullName, cancellationToken);
            Utf8Check.Require(file.ToString(), bytes);
            return bytes;
        }
        catch (Exception e) when (FileProblem.Is(e))
        {
            throw FileProblem.Reading(file.ToString(), e);
        }
    }
}
