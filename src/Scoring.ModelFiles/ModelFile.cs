using System.Text;
using Google.Protobuf;
using Scoring.Core.Models;
using Scoring.Core.Workspaces;
using Scoring.ModelFiles.Json;

namespace Scoring.ModelFiles;

/// <summary>A scoring model in a file: the protobuf JSON mapping of scoring.v1.ScoringModel.</summary>
public static class ModelFile
{
    private const int MaxBytes = 1024 * 1024;

    /// <summary>Reads a model.</summary>
    /// <param name="path">The file.</param>
    /// <param name="workspace">The workspace it is meant for.</param>
    /// <exception cref="ModelFileException">The file cannot be read, is no JSON, has unknown or mistyped fields or breaks a rule of models.</exception>
    public static ScoringModel Load(string path, WorkspaceSettings workspace)
    {
        byte[] bytes;
        try
        {
            bytes =
                new FileInfo(path).Length <= MaxBytes
                    ? File.ReadAllBytes(path)
                    : throw new ModelFileException([$"{path}: is larger than {MaxBytes:N0} bytes"]);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ModelFileException([$"{path}: cannot be read: {error.Message}"]);
        }
        return Parse(path, bytes, workspace);
    }

    /// <summary>Reads a model from the bytes of a file.</summary>
    /// <param name="path">What faults name as the file.</param>
    /// <param name="bytes">What the file holds.</param>
    /// <param name="workspace">The workspace it is meant for.</param>
    /// <exception cref="ModelFileException">They are no JSON, have unknown or mistyped fields or break a rule of models.</exception>
    public static ScoringModel Parse(string path, byte[] bytes, WorkspaceSettings workspace)
    {
        var json = bytes.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? bytes[Encoding.UTF8.Preamble.Length..] : bytes;
        var source = JsonSource.Read(json, V1.ScoringModel.Descriptor, "the model");
        if (source.Faults.Count > 0)
        {
            throw Error(path, source.Faults);
        }
        var message = JsonParser.Default.Parse<V1.ScoringModel>(Encoding.UTF8.GetString(json));
        var model = ModelReading.Read(message, workspace, out var faults);
        return faults.Count == 0
            ? model
            : throw Error(path, faults.Select(fault => source.At(fault.Field, $"{fault.Field} {fault.Message}")));
    }

    private static ModelFileException Error(string path, IEnumerable<JsonFault> faults) =>
        new([
            .. faults
                .OrderBy(fault => fault.Line)
                .Select(fault => $"{path}:{fault.Line}:{fault.Column}: {fault.Message}"),
        ]);
}
