using System.Text.Json;

namespace Scoring.Server.Hosting;

/// <summary>Tells programs where the server listens, for those that let it take free ports.</summary>
internal static class PortsFile
{
    /// <summary>Writes the file in one step, so that whoever sees it sees all of it; an empty path means that none is wanted.</summary>
    public static void Write(string path, Uri grpc, Uri http)
    {
        if (path.Length == 0)
        {
            return;
        }
        var text = JsonSerializer.Serialize(
            new Dictionary<string, object>
            {
                ["grpc"] = grpc.GetLeftPart(UriPartial.Authority),
                ["http"] = http.GetLeftPart(UriPartial.Authority),
                ["pid"] = Environment.ProcessId,
            }
        );
        var unfinished = $"{path}.{Environment.ProcessId}.tmp";
        File.WriteAllText(unfinished, text + "\n");
        File.Move(unfinished, path, overwrite: true);
    }

    /// <summary>Takes the file away, so that nobody is sent to where nobody listens.</summary>
    public static void Remove(string path)
    {
        if (path.Length > 0)
        {
            File.Delete(path);
        }
    }
}
