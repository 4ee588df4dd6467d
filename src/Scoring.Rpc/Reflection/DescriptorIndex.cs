using Google.Protobuf.Reflection;
using Google.Rpc;
using Scoring.Rpc.Hosting;

namespace Scoring.Rpc.Reflection;

/// <summary>The files, symbols and extensions behind the services of a server. Built at the first question, when all services are mapped.</summary>
internal sealed class DescriptorIndex
{
    private readonly RpcServer _server;
    private readonly Lazy<Contents> _contents;

    public DescriptorIndex(RpcServer server)
    {
        _server = server;
        // No service imports the details of errors, yet a tool that shows an error asks for their types.
        _contents = new Lazy<Contents>(() =>
            new Contents([.. server.Services.Values.Select(service => service.File), ErrorDetailsReflection.Descriptor])
        );
    }

    public IEnumerable<string> Services => _server.Services.Keys.Order(StringComparer.Ordinal);

    public FileDescriptor? FileByName(string name) => _contents.Value.Files.GetValueOrDefault(name);

    public FileDescriptor? FileOfSymbol(string fullName) => _contents.Value.Symbols.GetValueOrDefault(fullName);

    public FileDescriptor? FileOfExtension(string extendee, int number) =>
        _contents.Value.Extensions.GetValueOrDefault((extendee, number));

    /// <summary>The numbers of the extensions of a message; null if there is no such message.</summary>
    public IReadOnlyList<int>? ExtensionNumbers(string message) =>
        _contents.Value.Messages.Contains(message)
            ? [.. _contents.Value.Extensions.Keys.Where(key => key.Extendee == message).Select(key => key.Number)]
            : null;

    private sealed class Contents
    {
        public Contents(IEnumerable<FileDescriptor> roots)
        {
            foreach (var root in roots)
            {
                Add(root);
            }
        }

        public Dictionary<string, FileDescriptor> Files { get; } = new(StringComparer.Ordinal);

        public Dictionary<string, FileDescriptor> Symbols { get; } = new(StringComparer.Ordinal);

        public Dictionary<(string Extendee, int Number), FileDescriptor> Extensions { get; } = [];

        public HashSet<string> Messages { get; } = new(StringComparer.Ordinal);

        private void Add(FileDescriptor file)
        {
            if (!Files.TryAdd(file.Name, file))
            {
                return;
            }

            foreach (var dependency in file.Dependencies)
            {
                Add(dependency);
            }

            foreach (var service in file.Services)
            {
                Symbols[service.FullName] = file;
                foreach (var method in service.Methods)
                {
                    Symbols[method.FullName] = file;
                }
            }

            foreach (var message in file.MessageTypes)
            {
                Add(message, file);
            }

            foreach (var type in file.EnumTypes)
            {
                Add(type, file);
            }

            Add(file.Extensions, file);
        }

        private void Add(MessageDescriptor message, FileDescriptor file)
        {
            Symbols[message.FullName] = file;
            Messages.Add(message.FullName);
            foreach (var field in message.Fields.InDeclarationOrder())
            {
                Symbols[field.FullName] = file;
            }

            foreach (var oneof in message.Oneofs)
            {
                Symbols[oneof.FullName] = file;
            }

            foreach (var type in message.EnumTypes)
            {
                Add(type, file);
            }

            foreach (var nested in message.NestedTypes)
            {
                Add(nested, file);
            }

            Add(message.Extensions, file);
        }

        private void Add(EnumDescriptor type, FileDescriptor file)
        {
            Symbols[type.FullName] = file;
            foreach (var value in type.Values)
            {
                Symbols[value.FullName] = file;
            }
        }

        private void Add(ExtensionCollection? extensions, FileDescriptor file)
        {
            foreach (var extension in extensions?.UnorderedExtensions ?? [])
            {
                Symbols[extension.FullName] = file;
                Extensions[(extension.ExtendeeType.FullName, extension.FieldNumber)] = file;
            }
        }
    }
}
